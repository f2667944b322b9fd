/** The last requests, and what was found wrong with them. */
export const requests: string = String.raw`
import { byId, get, make, marked, setText } from './dom.js';
import { clockTime, duration, inWords, plural } from './words.js';

const rows = new Map();

export function updateRequests(requests) {
  const list = byId('requests');
  const wanted = new Set(requests.map(({ number }) => number));
  for (const [number, row] of rows) {
    if (wanted.has(number)) continue;
    row.element.remove();
    rows.delete(number);
  }
  let before = null;
  // From the oldest: a row is put where it belongs, and stays the same row while it is shown.
  for (const request of [...requests].reverse()) {
    let row = rows.get(request.number);
    if (row === undefined) {
      row = createRow(request);
      rows.set(request.number, row);
    }
    updateRow(row, request);
    if (row.element.nextSibling !== before || row.element.parentNode !== list) list.insertBefore(row.element, before);
    before = row.element;
  }
  updateMore();
}

function createRow(request) {
  const [status, took, note] = [make('span', { class: 'status' }), make('span', { class: 'took' }), make('span', { class: 'note' })];
  const [path, target] = request.what.split(' ');
  const body = make('div', { class: 'body' });
  const details = make('details', { on: { toggle: () => { if (details.open) void open(request.number, body); } } },
    make('summary', {}, make('span', { class: 'when' }, clockTime(request.atMs)), status,
      make('span', { class: 'what' }, make('b', {}, path), ' ' + target),
      make('span', { class: 'to' }, request.deployment === '' ? '' : request.deployment), took, note),
    body);
  return { element: make('li', {}, details), status, took, note };
}

function updateRow(row, request) {
  const isAnswered = request.outcome === 'answered';
  const tone = !isAnswered ? 'warn' : request.status < 400 ? 'good' : request.status === 429 ? 'warn' : 'bad';
  row.status.className = 'status ' + tone;
  setText(row.status, isAnswered ? String(request.status) : request.outcome);
  setText(row.took, request.outcome === 'pending' ? '' : duration(request.tookMs));
  setText(row.note, [request.cause, ...request.findings.map((rule) => rule.replaceAll('-', ' '))].filter(Boolean).join(' · '));
}

async function open(number, body) {
  body.replaceChildren(make('p', { class: 'faint' }, 'Loading…'));
  try {
    const { request, answer, reason } = await get('requests/' + number);
    const part = (title, text) => [make('h3', {}, title), make('pre', { tabindex: '0', 'aria-label': title + ' of request ' + number }, text)];
    body.replaceChildren(make('h3', {}, 'Why'), make('p', {}, ...marked(inWords(reason))), ...part('Request', request),
      ...(answer === '' ? [] : part('Answer', answer)));
  } catch (error) {
    body.replaceChildren(make('p', { class: 'faint' }, error.message === 'Nothing here.' ? 'It has been forgotten in the meantime.' : error.message));
  }
}

/** In one column only the first rows are shown until more are wanted (style.css). */
const few = 10;
const more = make('button', { type: 'button', id: 'more', on: { click: () => {
  byId('requests').classList.remove('few');
  more.remove();
} } });

function updateMore() {
  const left = rows.size - few;
  if (left <= 0 || !byId('requests').classList.contains('few')) {
    more.remove();
    return;
  }
  setText(more, 'Show ' + plural(left, 'older request'));
  if (!more.isConnected) byId('requests').after(more);
}

export function updateFindings(findings) {
  byId('findings-section').hidden = findings.length === 0;
  const list = byId('findings');
  const signature = JSON.stringify(findings);
  if (list.dataset.shown === signature) return;
  list.dataset.shown = signature;
  list.replaceChildren(...findings.map(({ rule, deployment, count, message }) => make('li', {},
    make('p', { class: 'rule' }, make('strong', {}, rule.replaceAll('-', ' ')), deployment === '' ? '' : ' · ' + deployment,
      count > 1 ? ' · ' + plural(count, 'time') : ''),
    make('p', {}, ...marked(inWords(message))))));
}
`;
