// SPDX-License-Identifier: GPL-2.0-only
// The ladder: a column each host, a line each event of what is chosen (or of all), drawn as far as it is in sight.
const ladder = document.getElementById('ladder'), rowsBox = document.getElementById('rows'),
  lines = document.getElementById('lines'), columns = document.getElementById('columns');
const ROW = 26, MOST_COLUMNS = 8;
let rows = [];        // places of events
let columnOf = new Map();
let topOfRows = 0;    // the first row that is drawn
const SVG = 'http://www.w3.org/2000/svg';

function element(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

// Which events: of the message chosen, else of the session of the event chosen, else all.
function chooseRows() {
  let keep = () => true, what = '';
  if (selection.message) {
    const message = selection.message;
    keep = event => event[MESSAGE] === message;
    what = 'message ' + message;
  } else if (selection.session) {
    const session = selection.session;
    keep = event => event[SESSION] === session;
    what = 'session ' + session;
  } else if (selection.host) {
    const host = selection.host;
    keep = event => event[HOST] === host || event[PEER] === host;
    what = 'host ' + hostName(host);
  }
  rows = [];
  const seen = new Map();
  events.forEach((event, index) => {
    if (!keep(event)) return;
    rows.push(index);
    for (const host of [event[HOST], event[PEER]]) if (host) seen.set(host, (seen.get(host) || 0) + 1);
  });
  const hosts = [...seen].sort((a, b) => b[1] - a[1]).slice(0, MOST_COLUMNS).map(([host]) => host).sort((a, b) => a - b);
  columnOf = new Map(hosts.map((host, i) => [host, i]));
  const only = document.getElementById('only');
  only.hidden = !what;
  only.textContent = what ? `only ${what} \u00d7` : '';
  rowsBox.style.height = rows.length * ROW + 'px';
  drawLadder();
}

// Where the present event is among the rows: the last one that has happened.
function currentRow() {
  let low = 0, high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle] < position) low = middle + 1; else high = middle;
  }
  return low - 1;
}

function followLadder() {
  const row = currentRow(), top = row * ROW, seen = ladder.clientHeight - 34;
  if (top < ladder.scrollTop || top + 2 * ROW > ladder.scrollTop + seen) ladder.scrollTop = Math.max(0, top - seen / 2);
}

function drawLadder() {
  if (ladder.hidden) return;
  const width = Math.max(ladder.clientWidth, 120 + columnOf.size * 70);
  const left = 92, gap = columnOf.size > 1 ? (width - left - 90) / (columnOf.size - 1) : 0;
  const x = host => columnOf.has(host) ? left + 40 + columnOf.get(host) * gap : -1;
  columns.setAttribute('width', width);
  columns.setAttribute('height', 28);
  columns.replaceChildren();
  for (const host of columnOf.keys()) {
    const name = hostName(host), most = Math.max(4, Math.floor(Math.max(gap, 60) / 8));
    columns.append(element('text', {x: x(host), y: 19, 'text-anchor': 'middle', 'font-weight': 600},
      name.length > most ? name.slice(0, most - 1) + '\u2026' : name));
  }
  topOfRows = Math.max(0, Math.floor(ladder.scrollTop / ROW) - 2);
  const count = Math.min(rows.length - topOfRows, Math.ceil(ladder.clientHeight / ROW) + 4);
  lines.setAttribute('width', width);
  lines.setAttribute('height', Math.max(0, count) * ROW);
  lines.style.top = topOfRows * ROW + 'px';
  lines.replaceChildren();
  const now = currentRow();
  for (const host of columnOf.keys())
    lines.append(element('line', {x1: x(host), x2: x(host), y1: 0, y2: Math.max(0, count) * ROW, stroke: 'var(--line)'}));
  for (let i = 0; i < count; ++i) lines.append(rowOf(topOfRows + i, i * ROW, width, x, now));
}

function rowOf(row, y, width, x, now) {
  const event = events[rows[row]], group = element('g', {'data-row': row, style: 'cursor:pointer'});
  group.append(element('title', {}, `${clock(event[TIME])}  ${run.kinds[event[KIND]]}\n${event[TEXT]}`));
  group.append(element('rect', {x: 0, y, width, height: ROW,
    fill: row === now ? 'var(--raised)' : 'transparent', 'fill-opacity': 1}));
  if (row === now) group.append(element('rect', {x: 0, y, width: 4, height: ROW, fill: 'var(--accent)'}));
  group.append(element('text', {x: 8, y: y + 17, class: row > now ? 'mono dim' : 'mono'}, clock(event[TIME])));
  const from = x(event[HOST]), to = x(event[PEER]), category = categoryOf(event[CODE]);
  const color = category ? `var(--${category})` : row > now ? 'var(--dim)' : 'var(--text)';
  const sign = signOf(event[CODE]);
  const text = (sign ? sign + ' ' : '') + event[LINE];
  if (from >= 0 && to >= 0 && from !== to) {
    const head = to > from ? -6 : 6;
    group.append(element('line', {x1: from, x2: to, y1: y + 21, y2: y + 21, stroke: color, 'stroke-width': 1.6}));
    group.append(element('path', {d: `M${to},${y + 21} l${head},-4 l0,8 z`, fill: color}));
    label(group, text, Math.min(from, to) + 6, y + 16, Math.abs(to - from) - 10, color, width);
  } else if (from >= 0) {
    group.append(element('circle', {cx: from, cy: y + 13, r: 4, fill: color}));
    label(group, text, from + 8, y + 17, width - from - 12, color, width);
  } else {
    label(group, (event[HOST] ? hostName(event[HOST]) + ': ' : '') + text, 104, y + 17, width - 108, color, width);
  }
  return group;
}

function label(group, text, x, y, room, color, width) {
  // Beside the last column there is hardly any room: then to the left of it.
  const most = Math.max(0, Math.floor(room / 7.4));
  const isShort = room < 80 && x > width / 2;
  const fits = isShort ? Math.floor((x - 110) / 7.4) : most;
  const cut = text.length > fits ? text.slice(0, Math.max(0, fits - 1)) + '\u2026' : text;
  const made = element('text', {x: isShort ? x - 18 : x, y, 'text-anchor': isShort ? 'end' : 'start', style: `fill:${color}`,
    stroke: 'var(--panel)', 'stroke-width': 3, 'paint-order': 'stroke'}, cut);
  group.append(made);
}

function joinLadder(onRow) {
  ladder.addEventListener('scroll', drawLadder);
  lines.addEventListener('click', e => {
    const group = e.target.closest('[data-row]');
    if (group) onRow(rows[Number(group.dataset.row)]);
  });
}
