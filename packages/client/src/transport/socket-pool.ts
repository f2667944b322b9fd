import type { Dispatcher } from 'undici';
import { busyCount } from './busy-count.ts';
import { loadUndici } from './load-undici.ts';
import { proxyFor } from './proxy.ts';
import type { ProxyOptions } from './proxy.ts';
import { openSocket } from './socket-session.ts';
import type { SocketSession } from './socket-session.ts';

/** The address and the credential of a socket, and the response that the turn continues. */
export interface SocketWanted {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Turns to the same address with the same credential have the same key, and share sockets. */
  readonly key: string;
  readonly previous: unknown;
}

/** Open WebSockets that wait for their next turn. */
export interface SocketPool {
  /** A socket for one turn. `isNew` for one that was never used. */
  take(
    wanted: SocketWanted,
    how: { readonly signal: AbortSignal; readonly isNew: boolean },
  ): Promise<SocketSession>;
  /** The turn is over. A socket that is not kept is closed. */
  giveBack(key: string, session: SocketSession, isKept: boolean): void;
  /** Ends idle sockets, then waits for the busy ones. */
  close(): Promise<void>;
}

export interface SocketPoolOptions {
  readonly idleMs: number;
  readonly maxAgeMs: number;
  /** Idle sockets for one key; the longest idle goes first. */
  readonly mostIdle: number;
  readonly dispatcher: Dispatcher | undefined;
  readonly proxy: ProxyOptions;
}

interface Idle {
  readonly session: SocketSession;
  readonly timer: NodeJS.Timeout;
}

export function socketPool({ idleMs, maxAgeMs, mostIdle, ...ways }: SocketPoolOptions): SocketPool {
  const idle = new Map<string, Idle[]>();
  const byProxy = dispatchers(ways);
  const busy = busyCount();
  let isClosed = false;

  function remove(key: string, session: SocketSession): void {
    const all = idle.get(key) ?? [];
    const place = all.findIndex((each) => each.session === session);
    if (place < 0) return;
    clearTimeout(all[place]?.timer);
    all.splice(place, 1);
    if (all.length === 0) idle.delete(key);
  }

  function find({ key, previous }: SocketWanted): SocketSession | undefined {
    for (;;) {
      const all = (idle.get(key) ?? []).map(({ session }) => session);
      const session =
        all.find(({ lastResponse }) => previous !== undefined && lastResponse === previous) ??
        // A response that only this socket keeps is left to the turn that continues it.
        all.findLast(({ holdsUnstored }) => !holdsUnstored);
      if (session === undefined) return undefined;
      remove(key, session);
      if (session.isOpen() && Date.now() - session.openedAtMs < maxAgeMs) return session;
      session.close();
    }
  }

  return {
    take: async (wanted, { signal, isNew }) => {
      busy.begin();
      const found = isNew ? undefined : find(wanted);
      if (found !== undefined) return found;
      const { url, headers, key } = wanted;
      const closed = (ended: SocketSession): void => {
        remove(key, ended);
      };
      try {
        return await openSocket({ url, headers, dispatcher: await byProxy.to(url) }, { signal, closed });
      } catch (error) {
        busy.end();
        throw error;
      }
    },
    giveBack: (key, session, isKept) => {
      busy.end();
      if (!isKept || isClosed || !session.isOpen()) {
        session.close();
        return;
      }
      const timer = setTimeout(() => {
        session.close();
      }, idleMs).unref();
      const all = idle.get(key) ?? [];
      idle.set(key, all);
      all.push({ session, timer });
      const [oldest] = all;
      if (all.length <= mostIdle || oldest === undefined) return;
      remove(key, oldest.session);
      oldest.session.close();
    },
    close: async () => {
      isClosed = true;
      for (const { session } of [...idle.values()].flat()) session.close();
      await busy.drained();
      await byProxy.close();
    },
  };
}

/** Opens sockets, through a proxy where the options or the environment name one. */
function dispatchers({ dispatcher, proxy }: Pick<SocketPoolOptions, 'dispatcher' | 'proxy'>) {
  const agents = new Map<string, Promise<Dispatcher>>();
  return {
    to: async ({ protocol, host }: URL): Promise<Dispatcher | undefined> => {
      if (dispatcher !== undefined) return dispatcher;
      const found = proxyFor(new URL(`${protocol === 'ws:' ? 'http:' : 'https:'}//${host}`), proxy);
      if (found === undefined) return undefined;
      const { href } = found.url;
      let agent = agents.get(href);
      if (agent === undefined) {
        // A socket needs a tunnel, without TLS as well: undici 8 would ask the proxy for an answer.
        agent = loadUndici().then(({ ProxyAgent }) => new ProxyAgent({ uri: href, proxyTunnel: true }));
        agents.set(href, agent);
      }
      return agent;
    },
    close: async (): Promise<void> => {
      const all = [...agents.values()];
      // An agent is closed once: a second time is an error of undici.
      agents.clear();
      await Promise.all(all.map(async (agent) => (await agent).close()));
    },
  };
}
