import { apiKey } from '@aoai/auth';
import { defineConfig } from '@aoai/config';
import { admit } from '../src/attempt/admit.ts';
import { openAttempt } from '../src/attempt/attempt.ts';
import type { Attempt } from '../src/attempt/attempt.ts';
import type { End } from '../src/choice/choice.ts';
import type { ClientOptions } from '../src/client/client-options.ts';
import { createEngine } from '../src/client/create-engine.ts';
import { settingsOf } from '../src/client/settings.ts';
import type { Call } from '../src/engine/call.ts';
import type { Engine } from '../src/engine/engine.ts';
import { finishCall, startCall } from '../src/engine/finish-call.ts';
import type { ClientEvent } from '../src/events/events.ts';
import { memoryQuota } from '../src/quota/memory-quota.ts';
import type { SettledChange, Settlement } from '../src/quota/quota.ts';
import { noMentions } from '../src/request/mentions.ts';
import { readJsonRequest } from '../src/request/read-request.ts';
import type { Transport } from '../src/transport/transport.ts';

const sku = 'DataZoneStandard';
const config = defineConfig({
  resources: {
    sweden: { endpoint: 'https://sweden.openai.azure.com' },
    france: { endpoint: 'https://france.openai.azure.com' },
  },
  deployments: {
    first: { resource: 'sweden', deployment: 'one', model: 'gpt-4.1', sku },
    second: { resource: 'france', deployment: 'two', model: 'gpt-4.1-mini', sku },
  },
  pools: { pool: [['first'], ['second']] },
});

/** An engine as a client has it, whose attempts can be opened and ended one by one, and what is told and settled. */
export interface Wired {
  readonly engine: Engine;
  readonly clock: { nowMs: number };
  readonly events: ClientEvent[];
  readonly settled: Settlement[];
  /** What the books of the choice are told at the end of each attempt. */
  readonly ended: End[];
  /** Of streams that have begun: the tokens of their prompts, on which the time until then depends. */
  readonly begun: (number | undefined)[];
  /** How often those that wait are woken. */
  readonly wakes: () => number;
  /** A call to `POST /responses`, or so. */
  readonly begin: (json?: Readonly<Record<string, unknown>>, path?: string, method?: string) => Call;
  /** Admits and opens the next attempt of a call. */
  readonly open: (call: Call) => Promise<Attempt>;
  /** Ends all timers and listeners of what was opened. */
  readonly close: () => void;
}

/** `change`: what each settlement changes, where the test says so. */
export function wired({
  change,
  transport = async () => Promise.reject(new Error('Nothing is sent.')),
  ...options
}: ClientOptions & { change?: SettledChange | Promise<SettledChange>; transport?: Transport } = {}): Wired {
  const clock = { nowMs: Date.UTC(2026, 10, 29, 12) };
  const events: ClientEvent[] = [];
  const settled: Settlement[] = [];
  const ended: End[] = [];
  const begun: (number | undefined)[] = [];
  const opened: Attempt[] = [];
  const calls: Call[] = [];
  let wakes = 0;
  const now = () => clock.nowMs;
  const { quota: store = memoryQuota({ now }) } = options;
  const settings = { credential: apiKey('key-of-a-test'), now, random: () => 0.5, transport, ...options };
  const real = createEngine(
    config,
    {
      ...settings,
      quota: {
        ...store,
        settle: (grant, settlement) => {
          settled.push(settlement);
          const own = store.settle(grant, settlement);
          return change ?? own;
        },
      },
    },
    { emit: (event) => events.push(event), watched: () => 'summary' },
  );
  const engine: Engine = {
    ...real,
    chooser: {
      ...real.chooser,
      answered: (underWay, size) => {
        begun.push(size);
        real.chooser.answered(underWay, size);
      },
      ended: (underWay, end) => {
        ended.push(end);
        real.chooser.ended(underWay, end);
      },
    },
    wake: () => {
      wakes += 1;
      real.wake();
    },
  };
  return {
    engine,
    clock,
    events,
    settled,
    ended,
    begun,
    wakes: () => wakes,
    begin: (json = {}, path = '/responses', method = 'POST') => {
      const request = readJsonRequest(`https://aoai.invalid/openai/v1${path}`, {
        method,
        headers: {},
        json: { model: 'pool', input: 'Hi', ...json },
      });
      const route = engine.route(request.name ?? 'pool');
      const call = startCall(engine, {
        request,
        route,
        mentions: noMentions,
        settings: settingsOf(settings),
        signals: [],
      });
      calls.push(call);
      events.length = 0;
      return call;
    },
    open: async (call) => {
      const attempt = openAttempt(engine, call, await admit(engine, call));
      opened.push(attempt);
      events.length = 0;
      return attempt;
    },
    close: () => {
      for (const { scope } of opened.splice(0)) scope.end();
      for (const call of calls.splice(0)) finishCall(engine, call, { outcome: 'aborted' });
    },
  };
}
