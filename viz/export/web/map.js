// SPDX-License-Identifier: GPL-2.0-only
// The topology: hosts where the run file says, with their queues, and envelopes on the links.
const canvas = document.getElementById('canvas');
const camera = {x: 0.5, y: 0.5, scale: 1};
let spots = []; // what can be clicked: {x, y, r, host | message}
const selection = {host: 0, message: 0, event: -1};

const ink = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();

function sized(element) {
  const ratio = window.devicePixelRatio || 1, box = element.getBoundingClientRect();
  const width = Math.max(1, Math.round(box.width * ratio)), height = Math.max(1, Math.round(box.height * ratio));
  if (element.width !== width || element.height !== height) { element.width = width; element.height = height; }
  const pen = element.getContext('2d');
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, box.width, box.height);
  return {pen, width: box.width, height: box.height};
}

function fit() {
  const box = canvas.getBoundingClientRect();
  const xs = run.hosts.map(host => host.x), ys = run.hosts.map(host => host.y);
  const left = Math.min(...xs), right = Math.max(...xs), top = Math.min(...ys), bottom = Math.max(...ys);
  camera.x = (left + right) / 2;
  camera.y = (top + bottom) / 2;
  const room = {x: Math.max(box.width - 160, 60), y: Math.max(box.height - 150, 60)};
  camera.scale = Math.min(room.x / Math.max(right - left, 0.05), room.y / Math.max(bottom - top, 0.05));
}

const place = (x, y, box) =>
  ({x: box.width / 2 + (x - camera.x) * camera.scale, y: box.height / 2 + (y - camera.y) * camera.scale});

function drawMap() {
  const box = sized(canvas), pen = box.pen;
  spots = [];
  const at = run.hosts.map(host => place(host.x, host.y, box));
  run.links.forEach((link, i) => drawLink(pen, link, at, linkFaults(i + 1) > 0));
  const big = run.hosts.length <= 60;
  // Hosts beside each other do not lie over each other.
  let nearest = 1e9;
  if (big) at.forEach((a, i) => at.forEach((b, k) => { if (k < i) nearest = Math.min(nearest, Math.hypot(a.x - b.x, a.y - b.y)); }));
  const room = Math.min(Math.max(nearest / 3, 6), 17);
  const texts = [];
  run.hosts.forEach((host, i) => drawHost(pen, host, i + 1, at[i], big, room, texts));
  drawFlights(pen, at);
  for (const text of texts) drawLabel(pen, text, texts);
}

function drawLink(pen, link, at, down) {
  const a = at[link.from - 1], b = at[link.to - 1];
  if (!a || !b) return;
  pen.strokeStyle = down ? ink('fault') : ink('line');
  pen.lineWidth = down ? 2 : 2.5;
  pen.setLineDash(down ? [6, 5] : []);
  pen.beginPath();
  pen.moveTo(a.x, a.y);
  pen.lineTo(b.x, b.y);
  pen.stroke();
  pen.setLineDash([]);
  if (down) cross(pen, (a.x + b.x) / 2, (a.y + b.y) / 2, 8, ink('fault'));
}

function cross(pen, x, y, r, color) {
  pen.strokeStyle = color;
  pen.lineWidth = 3;
  pen.beginPath();
  pen.moveTo(x - r, y - r); pen.lineTo(x + r, y + r);
  pen.moveTo(x + r, y - r); pen.lineTo(x - r, y + r);
  pen.stroke();
}

function drawHost(pen, host, id, at, big, room, texts) {
  const isHost = host.role === 'host';
  const r = isHost ? (big ? room : 7) : (big ? Math.min(room, 7) : 4);
  const down = hostSlot(id, DOWN) > 0 || hostSlot(id, FAULTS) > 0;
  pen.fillStyle = isHost ? ink('raised') : ink('line');
  pen.strokeStyle = selection.host === id ? ink('accent') : down ? ink('fault') : ink('dim');
  pen.lineWidth = selection.host === id ? 3.5 : 2;
  pen.beginPath();
  if (isHost) pen.roundRect(at.x - r * 1.3, at.y - r, r * 2.6, r * 2, 5);
  else if (host.role === 'lan') pen.rect(at.x - r * 2, at.y - r / 2, r * 4, r);
  else pen.arc(at.x, at.y, r, 0, 2 * Math.PI);
  pen.fill();
  pen.stroke();
  if (down) cross(pen, at.x, at.y, r * 0.7, ink('fault'));
  spots.push({x: at.x, y: at.y, r: r * 1.4 + 3, host: id});
  if (!big && !isHost) return;
  texts.push({x: at.x, y: at.y + r + 13, text: host.label || host.name, color: ink('text'), bold: selection.host === id});
  if (!isHost || !big) return;
  const queue = hostSlot(id, QUEUE), mail = hostSlot(id, MAIL);
  if (queue > 0) {
    pen.fillStyle = ink('transient');
    const height = Math.min(4 + queue * 3, r * 2);
    pen.fillRect(at.x - r * 1.3 - 7, at.y + r - height, 5, height);
    texts.push({x: at.x - r * 1.3 - 10, y: at.y + 4, text: 'q ' + queue, color: ink('transient'), align: 'right'});
  }
  if (mail > 0) texts.push({x: at.x + r * 1.3 + 6, y: at.y + 4, text: 'mbox ' + mail, color: ink('positive'), align: 'left'});
}

// A label that would lie over an earlier one is left out.
function drawLabel(pen, label, all) {
  pen.font = (label.bold ? '600 ' : '') + '13px Inter, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';
  pen.textAlign = label.align || 'center';
  const text = label.text.length > 24 ? label.text.slice(0, 23) + '\u2026' : label.text;
  const width = pen.measureText(text).width;
  const left = label.align === 'left' ? label.x : label.align === 'right' ? label.x - width : label.x - width / 2;
  label.box = {left, right: left + width, top: label.y - 11, bottom: label.y + 3};
  for (const other of all) {
    if (other === label) break;
    const b = other.box;
    if (b && b.left < label.box.right && label.box.left < b.right && b.top < label.box.bottom && label.box.top < b.bottom) {
      label.box = null;
      return;
    }
  }
  pen.strokeStyle = ink('panel');
  pen.lineWidth = 4;
  pen.strokeText(text, label.x, label.y);
  pen.fillStyle = label.color;
  pen.fillText(text, label.x, label.y);
}

function drawFlights(pen, at) {
  const now = flightsNow();
  // Many envelopes are unreadable: then a dot each.
  const many = now.length > 150;
  for (const [message, , from, to, out, last, lost] of now) {
    const a = at[from - 1], b = at[to - 1];
    if (!a || !b) continue;
    const share = last > out ? (time - out) / (last - out) : 1;
    const way = lost ? Math.min(share, 0.5) : share;
    const x = a.x + (b.x - a.x) * way, y = a.y + (b.y - a.y) * way;
    const color = lost ? ink('permanent') : selection.message === message ? ink('accent') : ink('text');
    if (many) {
      pen.fillStyle = color;
      pen.beginPath();
      pen.arc(x, y, 2.5, 0, 2 * Math.PI);
      pen.fill();
      continue;
    }
    pen.fillStyle = selection.message === message ? ink('accent') : ink('panel');
    pen.strokeStyle = color;
    pen.lineWidth = 1.8;
    pen.beginPath();
    pen.rect(x - 9, y - 6, 18, 12);
    pen.fill();
    pen.stroke();
    pen.beginPath();
    pen.moveTo(x - 9, y - 6); pen.lineTo(x, y + 1); pen.lineTo(x + 9, y - 6);
    pen.stroke();
    if (lost && share > 0.5) cross(pen, x, y, 8, ink('permanent'));
    spots.push({x, y, r: 14, message});
  }
}

function spotAt(x, y) {
  for (let i = spots.length - 1; i >= 0; --i) {
    if (Math.hypot(spots[i].x - x, spots[i].y - y) <= spots[i].r) return spots[i];
  }
  return null;
}

function joinMap(onSpot, redraw) {
  let grabbed = null, moved = false;
  const fingers = new Map();
  canvas.addEventListener('pointerdown', e => {
    canvas.setPointerCapture(e.pointerId);
    fingers.set(e.pointerId, {x: e.offsetX, y: e.offsetY});
    grabbed = {x: e.offsetX, y: e.offsetY};
    moved = false;
  });
  canvas.addEventListener('pointermove', e => {
    if (!fingers.has(e.pointerId)) {
      canvas.style.cursor = spotAt(e.offsetX, e.offsetY) ? 'pointer' : 'grab';
      return;
    }
    const before = fingers.get(e.pointerId), dx = e.offsetX - before.x, dy = e.offsetY - before.y;
    if (fingers.size === 2) {
      const [other] = [...fingers].filter(([id]) => id !== e.pointerId).map(([, at]) => at);
      const was = Math.hypot(before.x - other.x, before.y - other.y), is = Math.hypot(e.offsetX - other.x, e.offsetY - other.y);
      if (was > 10) camera.scale *= is / was;
    } else {
      camera.x -= dx / camera.scale;
      camera.y -= dy / camera.scale;
    }
    fingers.set(e.pointerId, {x: e.offsetX, y: e.offsetY});
    if (grabbed && Math.hypot(e.offsetX - grabbed.x, e.offsetY - grabbed.y) > 4) moved = true;
    redraw();
  });
  const let_go = e => { fingers.delete(e.pointerId); };
  canvas.addEventListener('pointerup', e => {
    let_go(e);
    if (!moved) onSpot(spotAt(e.offsetX, e.offsetY));
  });
  canvas.addEventListener('pointercancel', let_go);
  canvas.addEventListener('dblclick', () => { fit(); redraw(); });
  canvas.addEventListener('wheel', e => {
    e.preventDefault();
    const box = canvas.getBoundingClientRect(), factor = Math.exp(-e.deltaY * 0.0015);
    const x = camera.x + (e.offsetX - box.width / 2) / camera.scale, y = camera.y + (e.offsetY - box.height / 2) / camera.scale;
    camera.scale = Math.min(Math.max(camera.scale * factor, 20), 1e5);
    camera.x = x - (e.offsetX - box.width / 2) / camera.scale;
    camera.y = y - (e.offsetY - box.height / 2) / camera.scale;
    redraw();
  }, {passive: false});
}
