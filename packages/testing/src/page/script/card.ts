/** One deployment: what it is, how full it is, and what can go wrong with its next request. */
export const card: string = String.raw`
import { act, make, setText, unseen } from './dom.js';
import { createPlot, updatePlot } from './plot.js';
import { percent, plural } from './words.js';

const cards = new Map();
const isNarrow = matchMedia('(max-width: 40rem)');

export function updateCard(deployment, state) {
  let card = cards.get(deployment.key);
  if (card === undefined) {
    card = createCard(deployment, state.buttons);
    cards.set(deployment.key, card);
  }
  const { series = nothing } = deployment;
  const lately = sum(series.requests);
  const throttled = sum(series.throttled);
  const armed = state.armed.filter(({ target }) => target === deployment.key);
  setText(card.lately, lately === 0 ? 'idle' : plural(lately, 'request') + ' in the last minute');
  const level = nearest(deployment.use);
  card.state.className = throttled > 0 ? 'state warn' : 'state';
  setText(card.state, [level === undefined ? '' : percent(level), throttled > 0 ? throttled.toLocaleString('en') + ' × 429' : ''].filter(Boolean).join(' · '));
  setText(card.use, useText(deployment));
  updatePlot(card.plot, series, level !== undefined);
  updateArmed(card.armed, armed);
  // Nobody who opened or closed a card wants it to move by itself.
  if (!card.isTouched) setOpen(card, lately > 0 || armed.length > 0 || !isNarrow.matches);
  return card.element;
}

const nothing = { levels: [], requests: Array(60).fill(0), throttled: Array(60).fill(0) };
const sum = (counts) => counts.reduce((total, count) => total + count, 0);

function createCard(deployment, buttons) {
  const { key } = deployment;
  const plot = createPlot();
  const [use, lately, state, armed] = [make('p', { class: 'use' }), make('span', { class: 'lately' }), make('span'), make('ul', { class: 'armed' })];
  const about = new Set([deployment.name, deployment.model, deployment.sku, 'in ' + deployment.resource]);
  about.delete(key);
  const faults = make('div', { class: 'faults', role: 'group', 'aria-label': 'Next request to ' + key },
    make('p', { class: 'hint' }, 'Next request'),
    ...buttons.map(({ id, label }) => make('button', {
      type: 'button',
      on: { click: () => act('fail', { deployment: key, fault: id }, label + ': armed for the next request to ' + key + '.') },
    }, label, unseen(' the next request to ' + key))));
  const details = make('details', {},
    make('summary', {}, make('h3', {}, key), lately, state),
    make('p', { class: 'about' }, [...about].join(' · ')), plot.element, use, armed, faults);
  const card = { element: make('li', {}, details), details, plot, use, lately, state, armed, isTouched: false };
  details.firstChild.addEventListener('click', () => { card.isTouched = true; });
  return card;
}

function setOpen(card, isOpen) {
  if (card.details.open !== isOpen) card.details.open = isOpen;
}

/** The armed faults of a list, each with the button that takes it back. */
export function updateArmed(list, faults, withTarget = false) {
  list.hidden = faults.length === 0;
  const signature = JSON.stringify(faults);
  if (list.dataset.shown === signature) return;
  list.dataset.shown = signature;
  list.replaceChildren(...faults.map(({ id, target, fault, left, rate }) => {
    const times = left === null ? 'every request' : left === 1 ? 'the next request' : 'the next ' + left + ' requests';
    const chance = rate < 1 ? ', ' + percent(rate) + ' of them' : '';
    const what = fault + ', ' + times + chance + (withTarget ? ' to ' + (target === '*' ? 'anything' : target) : '');
    return make('li', {}, make('span', {}, make('strong', {}, 'Armed: '), what),
      make('button', { type: 'button', on: { click: () => act('disarm', { id }, fault + ': disarmed.') } },
        'Disarm', unseen(' ' + fault + ' for ' + target)));
  }));
}

function nearest({ tokens, calls, utilisation }) {
  const known = [tokens, calls, utilisation].filter((share) => share !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function useText({ use, limits, requests }) {
  const parts = [];
  if (use.utilisation !== undefined) parts.push('utilisation ' + percent(use.utilisation) + ' of ' + limits.ptu + ' PTU');
  if (use.tokens !== undefined) parts.push('tokens ' + percent(use.tokens) + ' of ' + limits.tpm.toLocaleString('en') + ' a minute');
  if (use.calls !== undefined) parts.push('calls ' + percent(use.calls) + ' of ' + Math.ceil(limits.rpm / 6) + ' in 10 s');
  if (parts.length === 0) parts.push('no limit');
  parts.push(plural(requests, 'request') + ' so far');
  return parts.join(' · ');
}
`;
