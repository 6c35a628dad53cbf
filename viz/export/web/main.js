// SPDX-License-Identifier: GPL-2.0-only
// Puts the parts together: playing, stepping, the timeline, keys.
const byId = id => document.getElementById(id);
const marksCanvas = byId('marks');
const SPEEDS = [0.01, 0.1, 0.25, 0.5, 1, 2, 5, 10, 60, 600, 3600, 10000];
let speed = 1, playing = false, lastFrame = 0, wanted = false;
selection.session = 0;

// Only with something to draw: a page that stands still costs nothing.
function redraw() {
  if (wanted) return;
  wanted = true;
  requestAnimationFrame(frame);
}

function frame(wall) {
  wanted = false;
  if (playing) {
    const passed = lastFrame ? Math.min(wall - lastFrame, 100) : 16;
    lastFrame = wall;
    let to = time + passed * 1e6 * speed;
    if (byId('skip').checked && flightsNow().length === 0) {
      // Half a second before the next thing, if it is further away than a second of watching.
      const next = nextMoment();
      if (next - time > 1e9 * speed) to = Math.max(to, next - 0.5e9 * speed);
    }
    seekTime(to);
    if (time >= endTime) setPlaying(false); else redraw();
    followLadder();
  } else {
    lastFrame = 0;
  }
  draw();
}

function draw() {
  const event = currentEvent();
  byId('clock').textContent = clock(time);
  const who = event && event[HOST] ? hostName(event[HOST]) + ': ' : '';
  byId('sentence').textContent = event ? who + event[TEXT] : 'Nothing has happened yet.';
  byId('state').textContent = report();
  drawMap();
  drawMarks();
  drawLadder();
  drawDetails();
}

function setPlaying(on) {
  playing = on;
  if (on && time >= endTime) seekTime(run.start.time_ns);
  byId('play').textContent = on ? 'Pause' : 'Play';
  redraw();
}

function goTime(t) { seekTime(t); followLadder(); redraw(); }
function goEvent(index) { setPlaying(false); seekEvent(index); followLadder(); redraw(); }

// Chooses one thing, and forgets what else was chosen.
function choose(what) {
  Object.assign(selection, {host: 0, message: 0, session: 0, event: -1}, what);
  if (what.event >= 0) goEvent(what.event);
  chooseRows();
  followLadder();
  redraw();
}

function showTab(name) {
  for (const tab of ['ladder', 'details']) {
    byId(tab).hidden = tab !== name;
    byId('tab-' + tab).classList.toggle('on', tab === name);
    byId('tab-' + tab).setAttribute('aria-selected', tab === name);
  }
  redraw();
}

// --- the timeline

const span = Math.max(1, endTime - run.start.time_ns);
function drawMarks() {
  const box = sized(marksCanvas), pen = box.pen, x = t => 6 + (t - run.start.time_ns) / span * (box.width - 12);
  pen.strokeStyle = ink('line');
  pen.lineWidth = 2;
  pen.beginPath();
  pen.moveTo(6, 22);
  pen.lineTo(box.width - 6, 22);
  pen.stroke();
  pen.font = '600 13px Inter, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';
  pen.textAlign = 'center';
  let free = -1;
  for (const [t, sign, ink_name] of run.marks) {
    const at = x(t);
    pen.strokeStyle = pen.fillStyle = ink(ink_name);
    pen.beginPath();
    pen.moveTo(at, 17); pen.lineTo(at, 27);
    pen.stroke();
    if (at < free) continue;
    pen.fillText(sign, at, 13);
    free = at + 11;
  }
  pen.strokeStyle = pen.fillStyle = ink('accent');
  pen.beginPath();
  pen.moveTo(x(time), 4); pen.lineTo(x(time), 40);
  pen.stroke();
  pen.beginPath();
  pen.arc(x(time), 22, 6, 0, 2 * Math.PI);
  pen.fill();
  pen.fillStyle = ink('dim');
  pen.font = '12px Inter, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';
  pen.textAlign = 'left';
  pen.fillText(clock(run.start.time_ns), 6, 42);
  pen.textAlign = 'right';
  pen.fillText(clock(endTime), box.width - 6, 42);
}

function joinMarks() {
  let held = false;
  const go = e => {
    const share = (e.offsetX - 6) / (marksCanvas.clientWidth - 12);
    goTime(run.start.time_ns + Math.min(Math.max(share, 0), 1) * span);
  };
  marksCanvas.addEventListener('pointerdown', e => { held = true; marksCanvas.setPointerCapture(e.pointerId); setPlaying(false); go(e); });
  marksCanvas.addEventListener('pointermove', e => { if (held) go(e); });
  marksCanvas.addEventListener('pointerup', () => { held = false; });
  marksCanvas.addEventListener('pointercancel', () => { held = false; });
}

function goMark(forward) {
  setPlaying(false);
  const marks = run.marks.map(mark => mark[0]);
  const next = forward ? marks.find(t => t > time) : marks.filter(t => t < time).pop();
  goTime(next === undefined ? (forward ? endTime : run.start.time_ns) : next);
}

// --- buttons and keys

function setSpeed(to) {
  speed = to;
  byId('speed').value = String(to);
}
function changeSpeed(by) {
  const at = SPEEDS.indexOf(speed);
  setSpeed(SPEEDS[Math.min(Math.max(at + by, 0), SPEEDS.length - 1)]);
}
function changeTheme() { document.documentElement.classList.toggle('dark'); redraw(); }

const keys = {
  ' ': () => setPlaying(!playing),
  'ArrowRight': e => e.shiftKey ? goMark(true) : goEvent(position),
  'ArrowLeft': e => e.shiftKey ? goMark(false) : goEvent(position - 2),
  'Home': () => goEvent(-1),
  'End': () => goTime(endTime),
  '+': () => changeSpeed(1), '=': () => changeSpeed(1), '-': () => changeSpeed(-1),
  'i': () => { byId('skip').checked = !byId('skip').checked; },
  'f': () => { fit(); redraw(); },
  't': changeTheme,
  'l': () => showTab('ladder'), 'd': () => showTab('details'),
  '?': () => byId('help').showModal(),
  'Escape': () => choose({})
};

function begin() {
  document.title = run.title;
  byId('title').textContent = run.title;
  byId('about').textContent = run.about;
  byId('note').textContent = run.note;
  byId('note').hidden = !run.note;
  for (const s of SPEEDS) {
    const option = made('option', s + '\u00d7');
    option.value = String(s);
    byId('speed').append(option);
  }
  setSpeed(1);
  if (window.matchMedia('(prefers-color-scheme: dark)').matches) document.documentElement.classList.add('dark');
  byId('theme').addEventListener('click', changeTheme);
  byId('fit').addEventListener('click', keys['f']);
  byId('first').addEventListener('click', keys['Home']);
  byId('last').addEventListener('click', keys['End']);
  byId('back').addEventListener('click', () => goEvent(position - 2));
  byId('forward').addEventListener('click', () => goEvent(position));
  byId('play').addEventListener('click', keys[' ']);
  byId('keys').addEventListener('click', keys['?']);
  byId('only').addEventListener('click', keys['Escape']);
  byId('speed').addEventListener('change', e => { speed = Number(e.target.value); e.target.blur(); });
  byId('tab-ladder').addEventListener('click', keys['l']);
  byId('tab-details').addEventListener('click', keys['d']);
  document.addEventListener('keydown', e => {
    if (e.ctrlKey || e.metaKey || e.altKey || byId('help').open) return;
    const isOn = what => e.target instanceof Element && e.target.matches(what);
    if (isOn('select, input, a') && e.key !== 'Escape') return;
    if (isOn('button') && e.key === ' ') return;
    const act = keys[e.key.length === 1 ? e.key.toLowerCase() : e.key];
    if (act) { e.preventDefault(); act(e); }
  });
  joinMap(spot => {
    if (!spot) choose({});
    else if (spot.message) { choose({message: spot.message}); showTab('details'); }
    else { choose({host: spot.host}); showTab('details'); }
  }, redraw);
  joinLadder(index => {
    const event = events[index];
    goEvent(index);
    selection.event = index;
    if (!selection.message && !selection.session && event[SESSION]) selection.session = event[SESSION];
    chooseRows();
    followLadder();
  });
  joinMarks();
  new ResizeObserver(() => { fit(); redraw(); }).observe(canvas);
  showTab('ladder');
  chooseRows();
  fromAddress();
  window.addEventListener('hashchange', fromAddress);
}

// page.html#t=12.5 stands at that second, #event=41 after that event; #dark, #message=3, #details.
function fromAddress() {
  const words = new URLSearchParams(location.hash.slice(1));
  if (words.has('dark')) document.documentElement.classList.add('dark');
  if (words.has('message')) choose({message: Number(words.get('message'))});
  if (words.has('host')) choose({host: run.hosts.findIndex(host => host.name === words.get('host')) + 1});
  if (words.has('details')) showTab('details');
  if (words.has('event')) goEvent(eventIndex.has(Number(words.get('event'))) ? eventIndex.get(Number(words.get('event'))) : -1);
  else goTime(words.has('t') ? Math.round(Number(words.get('t')) * 1e9) : run.start.time_ns);
  if (words.has('play')) setPlaying(true);
  draw();
}

begin();
