// SPDX-License-Identifier: GPL-2.0-only
// The run and the moment that is shown. What a host or a link looks like after each event comes with the event, as changes
// of numbered slots with the value before and after; so going back is as exact as going on.
const run = JSON.parse(document.getElementById('run').textContent);

// Places in an event's row.
const ID = 0, TIME = 1, KIND = 2, HOST = 3, PEER = 4, SESSION = 5, MESSAGE = 6, CODE = 7, CAUSE = 8, TEXT = 9, LINE = 10,
  CHANGES = 11;
// Slots: so many for each host, then one for each link, then those of the whole run.
const QUEUE = 0, OPEN = 1, MAIL = 2, DOWN = 3, FAULTS = 4, PER_HOST = 5;
const slots = Float64Array.from(run.start.slots);
const hostSlot = (host, what) => slots[(host - 1) * PER_HOST + what];
const linkFaults = link => slots[run.hosts.length * PER_HOST + link - 1];
const totalSlot = which => slots[run.hosts.length * PER_HOST + run.links.length + which];

const events = run.events;
const eventIndex = new Map(events.map((event, index) => [event[ID], index]));
let position = 0; // events that have happened
let time = run.start.time_ns;
const endTime = run.end_ns;

// Brings the state behind so many events.
function applyTo(wanted) {
  for (; position < wanted; ++position) {
    const changes = events[position][CHANGES];
    for (let i = 0; i < changes.length; i += 3) slots[changes[i]] = changes[i + 2];
  }
  while (position > wanted) {
    const changes = events[--position][CHANGES];
    for (let i = changes.length - 3; i >= 0; i -= 3) slots[changes[i]] = changes[i + 1];
  }
}

// How many events happen at `t` or before.
function countUntil(t) {
  let low = 0, high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (events[middle][TIME] <= t) low = middle + 1; else high = middle;
  }
  return low;
}

function seekTime(t) {
  time = Math.min(Math.max(t, run.start.time_ns), endTime);
  applyTo(countUntil(time));
}

// After the event at this place; -1: before all.
function seekEvent(index) {
  const wanted = Math.min(Math.max(index + 1, 0), events.length);
  applyTo(wanted);
  time = wanted > 0 ? events[wanted - 1][TIME] : run.start.time_ns;
}

const currentEvent = () => position > 0 ? events[position - 1] : null;

// Message octets on a link: [message, link, from, to, first bit out, last bit in, lost]
const flights = run.flights;
function flightsNow() {
  const found = [];
  for (const flight of flights) {
    if (flight[4] > time) break;
    if (flight[5] >= time) found.push(flight);
  }
  return found;
}

// The next moment at which something moves or happens, after now.
function nextMoment() {
  let next = position < events.length ? events[position][TIME] : endTime;
  for (const flight of flights) {
    if (flight[4] > time) { next = Math.min(next, flight[4]); break; }
  }
  return next;
}

function clock(t) {
  const ms = Math.floor(t / 1e6), s = Math.floor(ms / 1000);
  const two = n => String(n).padStart(2, '0');
  return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}.${String(ms % 1000).padStart(3, '0')}`;
}

const signOf = code => ({2: 'o', 3: '>', 4: '~', 5: 'x'})[Math.floor(code / 100)] || '';
const categoryOf = code =>
  ({2: 'positive', 3: 'intermediate', 4: 'transient', 5: 'permanent'})[Math.floor(code / 100)] || '';
const hostName = host => run.hosts[host - 1] ? run.hosts[host - 1].name : '';

// What is shown, for whoever asks the page (its tests do).
function report() {
  const hosts = {};
  run.hosts.forEach((host, i) => {
    hosts[i + 1] = [hostSlot(i + 1, QUEUE), hostSlot(i + 1, OPEN), hostSlot(i + 1, MAIL), hostSlot(i + 1, DOWN)];
  });
  return JSON.stringify({
    time_ns: time, event: currentEvent() ? currentEvent()[ID] : run.start.event, hosts,
    links: run.links.map((_, i) => linkFaults(i + 1)), delivered: totalSlot(0), bounced: totalSlot(1),
    open: totalSlot(2), flights: flightsNow().length
  });
}
