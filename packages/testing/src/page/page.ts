import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault } from '../script/fault.ts';
import { receive } from '../service/receive.ts';
import { connectionInfo } from './connection.ts';
import { document } from './document.ts';
import { faultButtons } from './fault-buttons.ts';
import { requestDetail } from './request-detail.ts';
import { card } from './script/card.ts';
import { dom } from './script/dom.ts';
import { main } from './script/main.ts';
import { plot } from './script/plot.ts';
import { requests } from './script/requests.ts';
import { words } from './script/words.ts';
import { pageState, shownRequests, type PageSource } from './state.ts';
import { style } from './style.ts';
import type { Watch } from './watch.ts';

/** The controls of the mock for the page. */
export interface PageControls extends PageSource {
  fail(name: string, fault: Fault): void;
  /** `false`: there is no such fault any more. */
  disarm(id: number): boolean;
  reset(): void;
}

/** Answers a request for the page. `false`: it is not for the page. */
export type Page = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean;

interface Asset {
  readonly type: string;
  readonly text: string;
}

const script = (text: string): Asset => ({ type: 'text/javascript', text });

const assets: Readonly<Record<string, Asset>> = {
  '/_mock': { type: 'text/html', text: document },
  '/_mock/': { type: 'text/html', text: document },
  '/_mock/style.css': { type: 'text/css', text: style },
  '/_mock/main.js': script(main),
  '/_mock/card.js': script(card),
  '/_mock/dom.js': script(dom),
  '/_mock/plot.js': script(plot),
  '/_mock/requests.js': script(requests),
  '/_mock/words.js': script(words),
};

const security = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** The live page at `/_mock`, for browsers on this machine. */
export function createPage(controls: PageControls, watch: Pick<Watch, 'series' | 'answer'>): Page {
  return (incoming, outgoing) => {
    const url = incoming.url ?? '';
    if (!url.startsWith('/_mock')) return false;
    const path = url.split('?', 1)[0] ?? '';
    const reply = (status: number, { type, text }: Asset) => {
      outgoing.writeHead(status, { ...security, 'content-type': `${type}; charset=utf-8` }).end(text);
    };
    const plain = (status: number, text: string) => {
      reply(status, { type: 'text/plain', text });
    };
    if (!isLocal(incoming)) {
      plain(403, 'The page is for this machine only.');
      return true;
    }
    if (incoming.method === 'POST') {
      act(incoming, { path, controls, plain });
      return true;
    }
    const asset = assets[path];
    const found = asset ?? dataAt(path, incoming, { controls, watch });
    if (found === undefined) plain(404, 'Nothing here.');
    else reply(200, found);
    return true;
  };
}

/** What the page asks for while it is open. */
function dataAt(
  path: string,
  { headers }: IncomingMessage,
  { controls, watch }: { controls: PageControls; watch: Pick<Watch, 'series' | 'answer'> },
): Asset | undefined {
  const as = (value: unknown): Asset => ({ type: 'application/json', text: JSON.stringify(value) });
  const resources = controls.resources();
  if (path === '/_mock/state') return as(pageState(controls, watch.series));
  if (path === '/_mock/connection') {
    const scheme = resources[0]?.scheme ?? 'http';
    return as(connectionInfo(`${scheme}://${headers.host ?? 'localhost'}`, resources));
  }
  const number = Number(/^\/_mock\/requests\/(\d{1,15})$/.exec(path)?.[1]);
  const observed = controls.recent(shownRequests).find(({ request }) => request.number === number);
  if (observed === undefined) return undefined;
  const secrets = resources.flatMap(({ apiKeys }) => [...apiKeys]);
  return as(requestDetail(observed, { answer: watch.answer(number), secrets }));
}

interface Action {
  readonly path: string;
  readonly controls: PageControls;
  readonly plain: (status: number, text: string) => void;
}

function act(incoming: IncomingMessage, { path, controls, plain }: Action): void {
  // Only JSON: a form on another site cannot send it without a preflight request.
  if (incoming.headers['content-type'] !== 'application/json') {
    plain(415, 'Send JSON.');
    return;
  }
  receive(incoming, 10_000, (body) => {
    try {
      const sent = JSON.parse(body?.toString() ?? '') as Readonly<Record<string, unknown>> | null;
      perform(path, sent ?? {}, controls);
      plain(200, 'ok');
    } catch (error) {
      plain(400, (error as Error).message);
    }
  });
}

function perform(path: string, sent: Readonly<Record<string, unknown>>, controls: PageControls): void {
  switch (path) {
    case '/_mock/reset':
      controls.reset();
      return;
    case '/_mock/disarm':
      if (controls.disarm(Number(sent['id']))) return;
      throw new RangeError('This fault is not armed any more.');
    case '/_mock/fail': {
      const button = faultButtons.find(({ id }) => id === sent['fault']);
      if (button === undefined) throw new TypeError('Unknown fault.');
      controls.fail(String(sent['deployment']), button.fault());
      return;
    }
    default:
      throw new TypeError('Unknown action.');
  }
}

const loopbackAddress = /^(?:127\.|::1$|::ffff:127\.)/;
const loopbackHost = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/;

/** From this machine, to a name of this machine (a name that was pointed here is not one), and from this page. */
function isLocal({ socket, headers }: IncomingMessage): boolean {
  const { host = '', origin } = headers;
  if (!loopbackAddress.test(socket.remoteAddress ?? '') || !loopbackHost.test(host)) return false;
  return origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
}
