/** The script of the page. It asks for the state once a second and shows it. */
export const main: string = String.raw`
import { updateArmed, updateCard } from './card.js';
import { act, byId, get, make, say, setText } from './dom.js';
import { updateFindings, updateRequests } from './requests.js';
import { plural } from './words.js';

let isPaused = false;
let isLost = false;

function show(state) {
  const keys = new Set(state.deployments.map(({ key }) => key));
  const armedFor = new Set(state.armed.map(({ target }) => target));
  const isBusy = ({ key, requests }) => requests > 0 || armedFor.has(key);
  const shown = state.deployments.length <= 12 ? state.deployments : state.deployments.filter(isBusy);
  const list = byId('deployments');
  shown.forEach((deployment, index) => {
    const element = updateCard(deployment, state);
    if (list.children[index] !== element) list.insertBefore(element, list.children[index] ?? null);
  });
  const quiet = state.deployments.length - shown.length;
  byId('quiet').hidden = quiet === 0;
  setText(byId('quiet'), plural(quiet, 'more deployment') + (quiet === 1 ? ' has' : ' have') + ' not been called.');
  updateArmed(byId('armed'), state.armed.filter(({ target }) => !keys.has(target)), true);
  updateRequests(state.requests);
  updateFindings(state.findings);
  byId('empty').hidden = state.requests.length > 0;
  byId('hint').hidden = state.requests.length === 0;
  const total = state.requests[0]?.number ?? 0;
  setText(byId('summary'), plural(total, 'request') + (state.timeScale === 1 ? '' : ', time runs ' + state.timeScale + ' times as fast'));
  if (state.requests.length === 0) void showConnection();
}

let isConnectionShown = false;
async function showConnection() {
  if (isConnectionShown) return;
  isConnectionShown = true;
  const { endpoint, key, curl } = await get('connection');
  const row = (name, text) => [make('dt', {}, name), make('dd', {}, make('code', {}, text), copyButton(name, text))];
  byId('connection').replaceChildren(...row('Endpoint', endpoint),
    ...(key === undefined ? [make('dt', {}, 'Key'), make('dd', {}, 'none: this resource takes Entra ID tokens only')] : row('Key', key)),
    ...(curl === undefined ? [] : row('Try it', curl)));
}

function copyButton(name, text) {
  return make('button', { type: 'button', on: { click: () => {
    navigator.clipboard.writeText(text).then(() => say(name + ': copied.'), () => say('The browser did not allow it: select the text.'));
  } } }, 'Copy', make('span', { class: 'unseen' }, ' ' + name));
}

function lose(isGone) {
  if (isLost === isGone) return;
  isLost = isGone;
  // Said once: this is the only text of the page that changes by itself and is read out.
  byId('lost').textContent = isGone ? 'The mock does not answer.' : '';
}

async function refresh() {
  if (isPaused || document.hidden) return;
  try {
    show(await get('state'));
    lose(false);
  } catch {
    lose(true);
  }
}

byId('pause').addEventListener('click', () => {
  isPaused = !isPaused;
  byId('pause').setAttribute('aria-pressed', String(isPaused));
  void refresh();
});
byId('forget').addEventListener('click', () => {
  void act('reset', {}, 'Requests, scripted replies and armed faults are forgotten.').then(refresh);
});
document.addEventListener('click', (event) => {
  // What a button did is seen at once, and not after up to a second.
  if (event.target instanceof HTMLButtonElement && event.target.closest('main')) setTimeout(() => void refresh(), 50);
});
document.addEventListener('visibilitychange', () => void refresh());
setInterval(() => void refresh(), 1000);
void refresh();
`;
