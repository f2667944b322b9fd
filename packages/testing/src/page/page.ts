import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault } from '../script/fault.ts';
import { receive } from '../service/receive.ts';
import { client } from './client.ts';
import { document } from './document.ts';
import { faultButtons } from './fault-buttons.ts';
import { pageState, type PageSource } from './state.ts';
import { style } from './style.ts';

/** The controls of the mock for the page. */
export interface PageControls extends PageSource {
  fail(name: string, fault: Fault): void;
  reset(): void;
}

/** Answers a request for the page. `false`: it is not for the page. */
export type Page = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean;

interface Asset {
  readonly type: string;
  readonly text: string;
}

const assets: Readonly<Record<string, Asset>> = {
  '/_mock': { type: 'text/html', text: document },
  '/_mock/': { type: 'text/html', text: document },
  '/_mock/style.css': { type: 'text/css', text: style },
  '/_mock/page.js': { type: 'text/javascript', text: client },
};

const security = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** The live page at `/_mock`, for browsers on this machine. */
export function createPage(controls: PageControls): Page {
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
    if (!isLocal(incoming)) plain(403, 'The page is for this machine only.');
    else if (incoming.method === 'POST') act(incoming, { path, controls, plain });
    else if (path === '/_mock/state') {
      reply(200, { type: 'application/json', text: JSON.stringify(pageState(controls)) });
    } else if (assets[path] !== undefined) reply(200, assets[path]);
    else plain(404, 'Nothing here.');
    return true;
  };
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
    if (path === '/_mock/reset') {
      controls.reset();
      plain(200, 'ok');
      return;
    }
    try {
      const { deployment, fault } = JSON.parse(body?.toString() ?? '') as {
        deployment?: unknown;
        fault?: unknown;
      };
      const button = faultButtons.find(({ id }) => id === fault);
      if (path !== '/_mock/fail' || button === undefined) throw new TypeError('Unknown fault.');
      controls.fail(String(deployment), button.fault());
      plain(200, 'ok');
    } catch (error) {
      plain(400, (error as Error).message);
    }
  });
}

const loopbackAddress = /^(?:127\.|::1$|::ffff:127\.)/;
const loopbackHost = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/;

/** From this machine, to a name of this machine (a name that was pointed here is not one), and from this page. */
function isLocal({ socket, headers }: IncomingMessage): boolean {
  const { host = '', origin } = headers;
  if (!loopbackAddress.test(socket.remoteAddress ?? '') || !loopbackHost.test(host)) return false;
  return origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
}
