// The script of the page. It adds no HTML: every text of an event becomes a text node.
'use strict';

const T = JSON.parse(document.getElementById('texts').textContent);
const token = document.querySelector('meta[name=token]').content;
const $ = (id) => document.getElementById(id);
const fill = (text, ...values) => text.replace(/\{(\d)\}/g, (_, i) => values[i]);

// make returns an element with properties, listeners (on…), attributes (aria-…) and children.
function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name.startsWith('aria-') || name === 'role' || name === 'for') node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children);
  return node;
}

// ask sends a request to the program. One with a body is a change, and needs the token.
async function ask(path, body) {
  const change = body !== undefined;
  const response = await fetch('/page/' + path, change ? {
    method: 'POST', headers: { 'X-Sesctl-Token': token, 'Content-Type': 'application/json' }, body: JSON.stringify(body),
  } : {});
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

let toastTimer;
function toast(text, bad) {
  const node = $('toast');
  node.textContent = text;
  node.className = bad ? 'bad' : '';
  node.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { node.hidden = true; }, 4000);
}

// trying runs a task of the user, and shows why it failed.
const trying = (task) => async (...a) => {
  try { await task(...a); } catch (error) { toast(error.message, true); }
};

/* ---- the list: only the rows in sight have elements ---- */

const maxRows = 20000;
const list = $('list'), space = $('space');
let rows = [];           // by id, oldest first
let byID = new Map();
let shown = rows;        // what the filter leaves of them
let total = 0, missed = 0;
let chosen = 0, opened = 0, openedState = '';
let painting = false;
const pool = [];

function words() {
  return $('filter').value.toLowerCase().split(/\s+/).filter(Boolean);
}

const fields = { type: 'type', from: 'from', to: 'to', state: 'state', code: 'code', note: 'note' };

function matches(row, wanted, state) {
  if (state && row.state !== state) return false;
  return wanted.every((word) => {
    const colon = word.indexOf(':');
    const field = colon > 0 && fields[word.slice(0, colon)];
    if (field) return String(row[field] ?? '').toLowerCase().includes(word.slice(colon + 1));
    return `${row.type} ${row.from} ${row.to} ${row.state} ${row.code ?? ''} ${row.note ?? ''}`.toLowerCase().includes(word);
  });
}

function refilter() {
  const wanted = words(), state = $('state').value;
  shown = wanted.length || state ? rows.filter((row) => matches(row, wanted, state)) : rows;
}

function merge(news) {
  let unordered = false;
  for (const row of news) {
    const old = byID.get(row.id);
    if (old) {
      for (const name of ['code', 'note', 'dup']) delete old[name];
      Object.assign(old, row);
      continue;
    }
    unordered ||= rows.length > 0 && rows[rows.length - 1].id > row.id;
    rows.push(row);
    byID.set(row.id, row);
    total++;
  }
  if (unordered) rows.sort((a, b) => a.id - b.id);
  if (rows.length > maxRows) for (const row of rows.splice(0, rows.length - maxRows)) byID.delete(row.id);
  const before = shown.length, was = shown;
  refilter();
  // What the user reads stays where it is while new rows come in above it.
  if (list.scrollTop > 0 && was.length > 0) missed += shown.length - before;
  paintSoon();
  const row = byID.get(opened);
  if (row && openedState !== stateOf(row)) show(opened, true);
}

const stateOf = (row) => `${row.state} ${row.n}`;

function paintSoon() {
  if (painting) return;
  painting = true;
  requestAnimationFrame(() => { painting = false; paint(); });
}

const height = () => parseInt(getComputedStyle(document.documentElement).getPropertyValue('--row'), 10);
const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });

function answerOf(row) {
  if (row.code) return String(row.code);
  return row.state === 'failed' ? T.noAnswer : T[row.state];
}

function newRow() {
  const part = (name) => make('span', { className: name });
  const node = make('div', { className: 'row', role: 'option' }, part('time'), part('type'), part('from'), part('to'), part('answer'), part('n'));
  node.addEventListener('click', () => { choose(node.rowID); show(node.rowID); });
  return node;
}

function paintRow(node, row, top) {
  node.rowID = row.id;
  node.id = 'row-' + row.id;
  node.dataset.type = row.type;
  node.style.transform = `translateY(${top}px)`;
  node.setAttribute('aria-selected', row.id === chosen);
  const [time, type, from, to, answer, n] = node.children;
  time.textContent = clock.format(row.t);
  type.textContent = row.type + (row.dup ? ' ×2' : '');
  from.textContent = row.from;
  to.textContent = row.to;
  answer.textContent = answerOf(row);
  answer.className = 'answer ' + row.state;
  answer.title = row.note ?? '';
  n.textContent = row.n;
}

function paint() {
  const h = height(), seen = list.clientHeight;
  space.style.height = shown.length * h + 'px';
  if (missed) { list.scrollTop += missed * h; missed = 0; }
  const first = Math.max(0, Math.floor(list.scrollTop / h) - 4);
  const last = Math.min(shown.length, first + Math.ceil(seen / h) + 8);
  while (pool.length < last - first) { const node = newRow(); pool.push(node); space.append(node); }
  pool.forEach((node, i) => {
    node.hidden = i >= last - first;
    if (node.hidden) { node.removeAttribute('id'); return; }
    paintRow(node, shown[shown.length - 1 - first - i], (first + i) * h);
  });
  if ($('row-' + chosen)) list.setAttribute('aria-activedescendant', 'row-' + chosen);
  else list.removeAttribute('aria-activedescendant');
  $('empty').hidden = shown.length > 0;
  $('empty-text').textContent = rows.length ? T.noMatch : T.empty;
  if ($('empty-send')) $('empty-send').hidden = rows.length > 0;
  $('count').textContent = shown.length < rows.length || total <= rows.length
    ? fill(T.shown, shown.length, rows.length) : fill(T.older, rows.length, total);
}

function place(id) { // from the newest, 0
  const i = shown.findIndex((row) => row.id === id);
  return i < 0 ? -1 : shown.length - 1 - i;
}

function choose(id) {
  chosen = id;
  const at = place(id), h = height();
  if (at >= 0 && at * h < list.scrollTop) list.scrollTop = at * h;
  if (at >= 0 && (at + 1) * h > list.scrollTop + list.clientHeight) list.scrollTop = (at + 1) * h - list.clientHeight;
  paintSoon();
}

function move(by) {
  if (!shown.length) return;
  const at = Math.min(shown.length - 1, Math.max(0, (chosen ? place(chosen) : -1) + by));
  choose(shown[shown.length - 1 - at].id);
  if (opened) show(chosen, true);
}

/* ---- one event ---- */

let whole = false;

const show = trying(async (id, quiet) => {
  if (id !== opened) whole = false;
  opened = id;
  const row = byID.get(id);
  openedState = row ? stateOf(row) : '';
  const item = whole ? await ask('whole/' + id, {}) : await ask('item/' + id);
  if (opened !== id) return;
  paintDetail(item);
  if (!quiet) $('detail').focus({ preventScroll: true });
});

function closeDetail() {
  opened = 0;
  $('detail').hidden = true;
  list.focus();
  paintSoon();
}

const again = trying(async (id) => { await ask('again/' + id, {}); toast(T.againDone); });

const curl = trying(async (id) => {
  const { curl: text } = await ask('curl/' + id, {});
  const old = $('curl-text');
  if (old) old.remove();
  const area = make('textarea', { id: 'curl-text', readOnly: true, value: text, 'aria-label': 'curl' });
  $('detail').querySelector('.bar').after(area);
  area.select();
  try { await navigator.clipboard.writeText(text); toast(T.copied); } catch { toast(T.copyByHand); }
});

function pretty(text) {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
}

function definitions(pairs) {
  return make('dl', {}, ...pairs.filter(([, value]) => value).flatMap(([name, value]) => [make('dt', {}, name), make('dd', {}, value)]));
}

function attemptItem(a) {
  const ok = a.code >= 200 && a.code < 300;
  const line = [new Date(a.t).toLocaleString(document.documentElement.lang), a.code || T.noAnswer, a.error && a.error !== 'answered ' + a.code ? a.error : ''].filter(Boolean).join(' · ');
  const node = make('li', {}, make('span', { className: ok ? 'accepted' : 'failed' }, line), make('br'), make('code', {}, a.url));
  if (a.answer) node.append(make('br'), make('code', {}, a.answer));
  return node;
}

function paintDetail(item) {
  const id = item.id;
  const kept = $('curl-text');
  const reveal = make('button', { id: 'detail-reveal', 'aria-pressed': whole, onclick: () => { whole = !whole; show(id, true); } }, whole ? T.mask : T.reveal);
  const node = $('detail'), scroll = node.hidden ? 0 : node.scrollTop;
  node.replaceChildren(
    make('div', { className: 'bar' }, make('h2', {}, item.type),
      make('button', { id: 'again', onclick: () => again(id) }, T.again), make('button', { id: 'curl', onclick: () => curl(id) }, T.curl),
      reveal, make('button', { id: 'close', onclick: closeDetail }, T.close)),
    definitions([[T.state, T[item.state]], [T.note, item.note], [T.sender, item.from], [T.recipient, item.to + ({ to: ' (To)', cc: ' (Cc)', bcc: ' (Bcc)' }[item.kind] ?? '')], ['Reply-To', item.reply], [T.message, item.message],
      [T.time, new Date(item.t).toLocaleString(document.documentElement.lang)], [T.duplicate, item.dup && '×2'], [T.target, item.url]]),
    make('h3', {}, T.attempts), item.attempts.length ? make('ol', { id: 'attempts' }, ...item.attempts.map(attemptItem)) : make('p', {}, T.noAttempts),
    make('h3', {}, T.payload), make('pre', { id: 'payload' }, pretty(item.payload)),
    make('h3', {}, T.headers), make('pre', { id: 'headers' }, Object.entries(item.headers ?? {}).sort().map(([k, v]) => `${k}: ${v}`).join('\n')));
  if (kept && node.dataset.of === String(id)) node.querySelector('.bar').after(kept);
  node.dataset.of = id;
  node.hidden = false;
  node.scrollTop = scroll;
}

/* ---- what an emulator has besides ---- */

let account, wholeURLs = false;

const readAccount = trying(async () => {
  if (!$('callbacks')) return;
  paintAccount(wholeURLs ? await ask('whole', {}) : await ask('account'));
});

const setCallback = trying(async (sender, url) => {
  await ask('callback', { sender, url });
  toast(url ? T.saved : T.deleted);
  for (const input of inputs()) if (input.dataset.sender === sender) input.value = '';
  await readAccount();
});

const inputs = () => [...$('senders').querySelectorAll('input')];

// keepingInputs paints the callbacks again, and keeps what the user is typing: another
// program may have changed them in the meantime.
function keepingInputs(paintThem) {
  const typed = new Map(inputs().filter((input) => input.value).map((input) => [input.dataset.sender, input.value]));
  const at = document.activeElement, focused = inputs().includes(at) ? [at.dataset.sender, at.selectionStart, at.selectionEnd] : null;
  paintThem();
  for (const input of inputs()) {
    const sender = input.dataset.sender;
    if (typed.has(sender)) input.value = typed.get(sender);
    if (focused && focused[0] === sender) { input.focus(); input.setSelectionRange(focused[1], focused[2]); }
  }
}

function callbackItem(sender, url, effect, why) {
  const input = make('input', { type: 'text', placeholder: 'http://127.0.0.1:8080/ses', 'aria-label': `${T.url}: ${sender || T.account}`, autocomplete: 'off', spellcheck: false });
  input.dataset.sender = sender;
  const form = make('form', { onsubmit: (e) => { e.preventDefault(); if (input.value) setCallback(sender, input.value); } }, input, make('button', {}, T.set));
  if (url) form.append(make('button', { type: 'button', className: 'delete', onclick: () => setCallback(sender, '') }, T.delete));
  const text = make('div', { className: 'why' }, make('code', { className: 'effect' }, effect || T.noCallback), ' · ' + why);
  const item = make('li', {}, make('strong', {}, sender || T.account), text, form);
  item.dataset.sender = sender;
  return item;
}

function paintAccount(a) {
  account = a;
  const why = { sender: T.whySender, account: T.whyAccount, none: T.whyNone };
  keepingInputs(() => $('senders').replaceChildren(callbackItem('', a.account, a.account, T.whyAll),
    ...a.senders.map((s) => callbackItem(s.address, s.url, s.effect, why[s.reason] ?? s.reason))));
  $('reveal').textContent = wholeURLs ? T.mask : T.reveal;
  $('reveal').setAttribute('aria-pressed', wholeURLs);
  const select = $('send-sender'), before = select.value;
  select.replaceChildren(...a.senders.map((s) => make('option', {}, s.address)));
  if (a.senders.some((s) => s.address === before)) select.value = before;
  if (!$('outcomes').children.length) {
    $('outcomes').append(...a.outcomes.map((name) => make('button', { type: 'button', 'aria-pressed': false, onclick: pickOutcome }, name)));
    $('kinds').append(...a.kinds.map((k) => make('option', { value: k.spec.split(/[[=]/)[0] })));
    $('kinds-list').append(...a.kinds.flatMap((k) => [make('dt', {}, make('button', { type: 'button', onclick: () => pickFault(k.spec) }, k.spec)), make('dd', {}, T['fault.' + k.spec.split(/[[=]/)[0]] ?? k.summary)]));
  }
  $('faults-on').hidden = !a.faults.length;
  $('faults-on').textContent = a.faults.length;
  $('faults-list').replaceChildren(...(a.faults.length ? a.faults.map((spec, i) => make('li', {}, make('code', {}, spec),
    make('button', { onclick: () => setFaults(account.faults.filter((_, j) => j !== i)) }, T.turnOff))) : [make('li', {}, T.noFaults)]));
}

const setFaults = trying(async (faults) => {
  await ask('faults', { faults });
  await readAccount();
});

// pickFault puts a fault into its field, and marks the part that the user replaces.
function pickFault(spec) {
  const field = $('fault');
  field.value = spec.replace(/\[=SHARE\]/, '=10%').replace('[,share=SHARE]', '').replace('DURATION', '2s').replace('CODE', 'InternalError');
  field.focus();
  field.setSelectionRange(field.value.indexOf('=') + 1, field.value.length);
}

let outcomes = [];
function pickOutcome(e) {
  const name = e.target.textContent;
  outcomes = outcomes.includes(name) ? outcomes.filter((o) => o !== name) : [...outcomes, name];
  for (const b of $('outcomes').children) b.setAttribute('aria-pressed', outcomes.includes(b.textContent));
  const domain = $('send-to').value.split('@')[1] || 'example.com';
  $('send-to').value = (outcomes.join('+') || 'deliver') + '@' + domain;
}

function listenToForms() {
  $('reveal').addEventListener('click', () => { wholeURLs = !wholeURLs; readAccount(); });
  $('send-form').addEventListener('submit', trying(async (e) => {
    e.preventDefault();
    const { message } = await ask('send', { sender: $('send-sender').value, recipient: $('send-to').value, subject: $('send-subject').value });
    toast(fill(T.sent, message));
  }));
  $('fault-form').addEventListener('submit', trying(async (e) => {
    e.preventDefault();
    if (!$('fault').value) return;
    await ask('faults', { faults: [...account.faults, $('fault').value] });
    $('fault').value = '';
    await readAccount();
  }));
  $('empty-send').addEventListener('click', () => { view($('tab-send')); $('send-sender').focus(); });
  $('faults-off').addEventListener('click', () => setFaults([]));
}

/* ---- views and keys ---- */

const tabs = [...document.querySelectorAll('[role=tab]')];

function view(tab) {
  for (const t of tabs) {
    const on = t === tab;
    t.setAttribute('aria-selected', on);
    t.tabIndex = on ? 0 : -1;
    $(t.getAttribute('aria-controls')).hidden = !on;
  }
  if (tab.id === 'tab-events') paintSoon(); else readAccount();
}

for (const tab of tabs) {
  tab.addEventListener('click', () => view(tab));
  tab.addEventListener('keydown', (e) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (!by) return;
    const next = tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length];
    view(next);
    next.focus();
  });
}

const pageful = () => Math.max(1, Math.floor(list.clientHeight / height()) - 1);
const listKeys = {
  ArrowDown: () => move(1), j: () => move(1), ArrowUp: () => move(-1), k: () => move(-1),
  PageDown: () => move(pageful()), PageUp: () => move(-pageful()), Home: () => move(-Infinity), End: () => move(Infinity),
  Enter: () => chosen && show(chosen), r: () => (opened || chosen) && again(opened || chosen),
};

document.addEventListener('keydown', (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
  const typing = e.target.closest('input, select, textarea');
  const events = !$('events').hidden;
  if (e.key === 'Escape') $('toast').hidden = true;
  if (e.key === 'Escape' && events) {
    if (!$('detail').hidden) closeDetail();
    else if (e.target === $('filter')) list.focus();
    return;
  }
  if (e.key === '/' && !typing) { e.preventDefault(); view(tabs[0]); $('filter').focus(); return; }
  if (e.target === $('filter') && e.key === 'ArrowDown') { e.preventDefault(); list.focus(); move(1); return; }
  if (!events || typing || e.target.closest('button')) return;
  if (e.target.closest('#detail') && !['r', 'j', 'k'].includes(e.key)) return;
  const act = listKeys[e.key];
  if (act) { e.preventDefault(); act(); }
});

$('filter').addEventListener('input', () => { refilter(); list.scrollTop = 0; paintSoon(); });
$('state').addEventListener('change', () => { refilter(); list.scrollTop = 0; paintSoon(); });
list.addEventListener('scroll', paintSoon, { passive: true });
addEventListener('resize', paintSoon);

/* ---- live ---- */

// load reads the newest rows; first a few, so that something is there at once.
let loading = 0;
async function load() {
  const mine = ++loading;
  for (const limit of [100, 10000]) {
    const answer = await ask('rows?limit=' + limit);
    if (mine !== loading) return;
    const later = limit === 100 ? [] : rows.filter((row) => answer.rows.length === 0 || row.id > answer.rows[answer.rows.length - 1].id);
    rows = []; byID = new Map(); shown = rows;
    merge(answer.rows);
    total = answer.total;
    merge(later);
    if (answer.rows.length >= answer.total) return;
  }
}

function live(state, text) {
  $('live').dataset.state = state;
  $('live').textContent = text;
}

const start = trying(async () => { await load(); await readAccount(); });
const source = new EventSource('/page/live');
source.addEventListener('hello', () => { live('on', T.liveOn); start(); });
source.addEventListener('rows', (e) => merge(JSON.parse(e.data)));
source.addEventListener('reset', start);
source.addEventListener('account', () => readAccount());
source.addEventListener('error', () => live('off', T.liveOff));
addEventListener('pagehide', () => source.close());

if ($('callbacks')) listenToForms();
paint();
