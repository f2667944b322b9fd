import type { Credential } from '@aoai/auth';
import { afterEach } from 'vitest';
import type { Answer } from '../src/answer/answer.ts';
import { runCall } from '../src/call/run-call.ts';
import type { ClientOptions } from '../src/client/client-options.ts';
import { settingsOf } from '../src/client/settings.ts';
import { noMentions } from '../src/request/mentions.ts';
import { readJsonRequest } from '../src/request/read-request.ts';
import { rightBody } from './raw-answers.ts';
import { wired } from './wired-attempts.ts';
import type { Wired } from './wired-attempts.ts';

/** How one attempt is answered. An error in place of a status is a connection that fails. */
export type Step = readonly [
  status: number | Error,
  /** Events where it is a text. */
  body?: object | string,
  headers?: Readonly<Record<string, string>>,
];

export const ok: Step = [200];

interface Steps {
  readonly first: readonly Step[];
  readonly second?: readonly Step[];
}

type Options = ClientOptions & {
  /** Whether a credential that is refused can be refreshed. @default true */
  readonly mayRefresh?: boolean;
  readonly refresh?: Credential['refresh'];
};

/** Calls of an engine, and what they have done. */
interface SteppedCalls extends Wired {
  readonly call: (model?: string, signal?: AbortSignal, json?: object) => Promise<Answer>;
  /** Deployments in the order in which they were attempted by the last call. */
  readonly attempts: string[];
  /** What credentials were asked to refresh. */
  readonly refreshed: { rejected: unknown; claims?: string | undefined }[];
  /** The steps that are left. */
  readonly left: { readonly first: Step[]; readonly second: Step[] };
}

/** Sets up an engine for each test of a file, and closes what the test has opened. */
export function useSteps(): (steps: Steps, options?: Options) => SteppedCalls {
  let given: Wired | undefined;
  afterEach(() => given?.close());

  /** Calls to a pool of two tiers whose deployments answer so, one answer after the other; the last one stays. */
  return (steps, options = {}) => {
    const { mayRefresh = true, refresh, ...others } = options;
    const left = { first: [...steps.first], second: [...(steps.second ?? [ok])] };
    const attempts: string[] = [];
    const refreshed: SteppedCalls['refreshed'] = [];
    let key = 0;
    const credential: Credential = {
      kind: 'api-key',
      headers: () => ({ 'api-key': `key-${key}` }),
      refresh: async (request) => {
        const { rejected, claims } = request;
        refreshed.push({ rejected, claims });
        key += 1;
        return refresh === undefined ? mayRefresh : refresh(request);
      },
    };
    const wires = wired({
      retry: { initialDelayMs: 2, maxDelayMs: 2, budgetReserve: 50 },
      credential,
      ...others,
      transport: async ({ url }) => {
        const name = String(url).includes('sweden') ? 'first' : 'second';
        attempts.push(name);
        // Longer than our own wait, so that the other target is free by then.
        wires.clock.nowMs += 2;
        const own = left[name];
        const [status, body, headers] = (own.length > 1 ? own.shift() : own[0]) ?? ok;
        if (status instanceof Error) throw status;
        const isStream = typeof body === 'string';
        const whole = () => (body === undefined ? rightBody('/responses', '').body : JSON.stringify(body));
        return Promise.resolve({
          status,
          headers: new Headers({
            'content-type': isStream ? 'text/event-stream' : 'application/json',
            ...headers,
          }),
          body: new Blob([isStream ? body : whole()]).stream(),
          destroy: () => undefined,
        });
      },
    });
    given = wires;
    const call: SteppedCalls['call'] = async (model = 'pool', signal, json = {}) => {
      attempts.length = 0;
      const request = readJsonRequest('https://aoai.invalid/openai/v1/responses', {
        method: 'POST',
        headers: {},
        json: { model, input: 'Hi', ...json },
      });
      const settings = settingsOf({ retry: { maxRetries: 5 }, ...others });
      const route = wires.engine.route(model);
      return runCall(wires.engine, { request, route, mentions: noMentions, settings, signals: [signal] });
    };
    return { ...wires, call, attempts, refreshed, left };
  };
}
