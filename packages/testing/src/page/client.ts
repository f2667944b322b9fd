/** The script of the page. It asks for the state once a second and draws it; texts are set as texts, never as HTML. */
export const client: string = String.raw`
const byId = (id) => document.getElementById(id);
const samples = new Map();
const cards = new Map();
const kept = 60;
let paused = false;
let before;

function make(name, className, text) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

async function post(path, body) {
  const answer = await fetch('/_mock/' + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

let silence;
function say(text) {
  byId('said').textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => { byId('said').textContent = ''; }, 4000);
}

function card(deployment, buttons) {
  const found = cards.get(deployment.key);
  if (found) return found;
  const item = make('li');
  item.append(make('h3', '', deployment.key));
  const about = new Set([deployment.name, deployment.model, deployment.sku, deployment.resource]);
  about.delete(deployment.key);
  item.append(make('p', 'about', [...about].join(' · ')));
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 ' + (kept - 1) + ' 100');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  const area = document.createElementNS('http://www.w3.org/2000/svg', 'polygon');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
  svg.append(area, line);
  const use = make('p', 'use');
  const faults = make('div', 'faults');
  faults.setAttribute('role', 'group');
  faults.setAttribute('aria-label', 'Faults for ' + deployment.key);
  for (const { id, label, title } of buttons) {
    const button = make('button', '', label);
    button.type = 'button';
    button.title = title;
    button.setAttribute('aria-label', title + ' (' + deployment.key + ')');
    button.addEventListener('click', () => {
      post('fail', { deployment: deployment.key, fault: id }).then(
        () => say(title + ': ' + deployment.key),
        (error) => say(error.message),
      );
    });
    faults.append(button);
  }
  item.append(svg, use, faults);
  byId('deployments').append(item);
  const made = { use, area, line };
  cards.set(deployment.key, made);
  return made;
}

function percent(value) {
  return Math.round(value * 100) + ' %';
}

/** How much of the limit is used, or the load if there is no limit. */
function sampleOf(deployment, seconds) {
  const { tokens, calls, utilisation } = deployment.use;
  const limited = Math.max(tokens ?? -1, calls ?? -1, utilisation ?? -1);
  if (limited >= 0) return { height: Math.min(1, limited), limited: true };
  const last = samples.get(deployment.key)?.count ?? deployment.requests;
  return { rate: Math.max(0, deployment.requests - last) / seconds, limited: false };
}

function useText(deployment, sample) {
  const { use, limits, requests } = deployment;
  const parts = [];
  if (use.utilisation !== undefined) parts.push('utilisation ' + percent(use.utilisation) + ' of ' + limits.ptu + ' PTU');
  if (use.tokens !== undefined) parts.push('tokens ' + percent(use.tokens) + ' of ' + limits.tpm.toLocaleString('en') + ' a minute');
  if (use.calls !== undefined) parts.push('calls ' + percent(use.calls) + ' of ' + Math.ceil(limits.rpm / 6) + ' in 10 s');
  if (parts.length === 0) parts.push(sample.rate.toFixed(1) + ' requests a second, no limit');
  parts.push(requests.toLocaleString('en') + (requests === 1 ? ' request' : ' requests'));
  return parts.join(' · ');
}

function draw(deployment, buttons, seconds) {
  const { use, area, line } = card(deployment, buttons);
  const sample = sampleOf(deployment, seconds);
  const series = samples.get(deployment.key) ?? { values: [] };
  series.values.push(sample.limited ? sample.height : sample.rate);
  if (series.values.length > kept) series.values.shift();
  series.count = deployment.requests;
  samples.set(deployment.key, series);
  const top = sample.limited ? 1 : Math.max(1, ...series.values);
  const start = kept - series.values.length;
  const points = series.values.map((value, index) => (start + index) + ',' + (98 - 94 * Math.min(1, value / top)).toFixed(1));
  line.setAttribute('points', points.join(' '));
  area.setAttribute('points', start + ',100 ' + points.join(' ') + ' ' + (kept - 1) + ',100');
  use.textContent = useText(deployment, sample);
  use.classList.toggle('full', sample.limited && sample.height >= 0.995);
}

function row(request) {
  const item = make('li');
  item.append(make('span', 'when', new Date(request.atMs).toTimeString().slice(0, 8)));
  item.append(make('span', 'what', request.what + (request.deployment ? ' → ' + request.deployment : '')));
  const state = request.outcome === 'answered' ? String(request.status) : request.outcome;
  const tone = request.outcome !== 'answered' ? 'warn' : request.status < 400 ? 'good' : request.status === 429 ? 'warn' : 'bad';
  item.append(make('span', 'status ' + tone, state + ' · ' + request.tookMs + ' ms'));
  for (const finding of request.findings) item.append(make('p', 'finding', finding));
  return item;
}

function show(state) {
  const called = state.deployments.filter(({ requests }) => requests > 0);
  const shown = state.deployments.length <= 12 ? state.deployments : called;
  const seconds = before === undefined ? 1 : Math.max(0.2, (state.now - before) / 1000 / state.timeScale);
  before = state.now;
  for (const deployment of shown) draw(deployment, state.buttons, seconds);
  const quiet = state.deployments.length - shown.length;
  byId('quiet').hidden = quiet === 0;
  byId('quiet').textContent = quiet + ' more have not been called.';
  byId('requests').replaceChildren(...state.requests.map(row));
  byId('none').hidden = state.requests.length > 0;
  const wrong = state.requests.filter(({ findings }) => findings.length > 0).length;
  const total = state.requests[0]?.number ?? 0;
  byId('summary').className = '';
  const text = total.toLocaleString('en') + (total === 1 ? ' request' : ' requests') + (wrong > 0 ? ', ' + wrong + ' of the last with findings' : '');
  if (byId('summary').textContent !== text) byId('summary').textContent = text;
}

async function refresh() {
  if (paused || document.hidden) return;
  try {
    const answer = await fetch('/_mock/state');
    if (!answer.ok) throw new Error('refused');
    show(await answer.json());
  } catch {
    byId('summary').className = 'lost';
    byId('summary').textContent = 'The mock does not answer.';
  }
}

byId('pause').addEventListener('click', () => {
  paused = !paused;
  byId('pause').setAttribute('aria-pressed', String(paused));
  void refresh();
});
byId('clear').addEventListener('click', () => {
  post('reset', {}).then(() => { say('Requests, scripted answers and faults are forgotten.'); return refresh(); }, (error) => say(error.message));
});
document.addEventListener('visibilitychange', () => void refresh());
setInterval(() => void refresh(), 1000);
void refresh();
`;
