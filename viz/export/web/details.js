// SPDX-License-Identifier: GPL-2.0-only
// What is known of the host, the message or the event that was chosen. Everything is put in as text, never as markup.
const details = document.getElementById('details');

function made(name, text) {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  return node;
}

function table(pairs) {
  const node = made('table');
  for (const [name, value] of pairs) {
    const row = made('tr'), cell = made('td');
    row.append(made('td', name), cell);
    cell.append(value instanceof Node ? value : String(value));
    node.append(row);
  }
  return node;
}

function link(text, act) {
  const node = made('a', text);
  node.tabIndex = 0;
  node.addEventListener('click', act);
  node.addEventListener('keydown', e => { if (e.key === 'Enter') act(); });
  return node;
}

function drawDetails() {
  if (details.hidden) return;
  details.replaceChildren();
  if (selection.message) messageDetails(selection.message);
  else if (selection.host) hostDetails(selection.host);
  const event = selection.event >= 0 ? events[selection.event] : currentEvent();
  if (event) eventDetails(event);
}

function hostDetails(id) {
  const host = run.hosts[id - 1];
  details.append(made('h2', host.label && host.label !== host.name ? `${host.name} (${host.label})` : host.name));
  const state = hostSlot(id, DOWN) > 0 ? 'out of operation' : hostSlot(id, FAULTS) > 0 ? 'has a fault' : 'works';
  const pairs = [['State', state]];
  if (host.role === 'host') pairs.push(['Messages in the queue', hostSlot(id, QUEUE)],
    ['Copies it is responsible for', hostSlot(id, OPEN)], ['Messages in mailboxes', hostSlot(id, MAIL)]);
  else pairs.push(['Role', host.role]);
  if (host.address) pairs.push(['Address', host.address]);
  details.append(table(pairs));
}

function messageDetails(id) {
  const message = run.messages[id];
  details.append(made('h2', 'Message ' + id));
  if (!message) { details.append(made('p', 'Nothing more is known of it here.')); return; }
  details.append(made('h3', 'Envelope'));
  details.append(table([['From', message.from || '<>'], ['To', message.to.join(', ')],
    ['Composed', clock(message.time_ns) + ' at ' + hostName(message.host)], ['Octets', message.size],
    ['Message-ID', message.message_id]]));
  const history = events.filter(event => event[MESSAGE] === id && /^(copy|message|attempt)\./.test(run.kinds[event[KIND]]));
  details.append(made('h3', 'What became of it'));
  const list = made('table');
  for (const event of history.slice(0, 200)) {
    const row = made('tr'), when = made('td'), what = made('td', event[TEXT]);
    when.append(link(clock(event[TIME]), () => choose({event: eventIndex.get(event[ID]), message: id})));
    if (eventIndex.get(event[ID]) >= position) what.style.color = 'var(--dim)';
    row.append(when, what);
    list.append(row);
  }
  details.append(list);
  if (history.length > 200) details.append(made('p', `${history.length - 200} more events are on the ladder.`));
  if (message.text !== undefined) {
    details.append(made('h3', 'Header and body'));
    details.append(made('pre', message.text));
    if (message.cut) details.append(made('p', `${message.cut} more octets were left out of this file.`));
  }
}

function eventDetails(event) {
  details.append(made('h3', 'Event ' + event[ID]));
  const pairs = [['When', clock(event[TIME])], ['What', event[TEXT]], ['Kind', run.kinds[event[KIND]]]];
  if (event[HOST]) pairs.push(['Host', link(hostName(event[HOST]), () => choose({host: event[HOST]}))]);
  if (event[CODE]) pairs.push(['Reply', `${signOf(event[CODE])} ${event[CODE]} (${run.categories[categoryOf(event[CODE])] || ''})`]);
  if (event[MESSAGE]) pairs.push(['Message', link('message ' + event[MESSAGE], () => choose({message: event[MESSAGE]}))]);
  if (event[SESSION]) pairs.push(['Session', link('session ' + event[SESSION], () => choose({session: event[SESSION]}))]);
  if (event[CAUSE]) {
    const cause = eventIndex.get(event[CAUSE]);
    pairs.push(['Cause', cause === undefined ? 'event ' + event[CAUSE] + ', not in this file'
      : link(`${clock(events[cause][TIME])} ${events[cause][TEXT]}`, () => choose({event: cause}))]);
  }
  details.append(table(pairs));
}
