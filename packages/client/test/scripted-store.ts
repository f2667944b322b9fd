import type { QuotaStore } from '../src/quota/quota.ts';
import { reserveScript } from '../src/redis/lua-reserve.ts';
import { luaPrelude } from '../src/redis/protocol.ts';
import type { ScriptName } from '../src/redis/protocol.ts';
import { redisQuota } from '../src/redis/redis-quota.ts';
import type { RedisQuotaOptions } from '../src/redis/redis-quota.ts';
import { scriptOf } from '../src/redis/run-script.ts';
import type { ScriptArguments } from '../src/redis/run-script.ts';

type Fields = Readonly<Record<string, string>>;
type Answer = Readonly<Record<string, string | number>>;

/** One question that a store was asked. */
export interface Asked {
  readonly name: ScriptName;
  readonly keys: readonly string[];
  readonly question: Fields;
  answer(fields?: Answer): void;
  fail(error: Error): void;
}

/** The store of a replica whose server is a test: it sees every question and answers it. */
export interface ScriptedStore {
  readonly store: QuotaStore;
  /** All questions so far. */
  readonly asked: readonly Asked[];
  /** The last question. */
  readonly last: () => Asked;
  /** Lets what has been answered go its way. */
  readonly settled: () => Promise<void>;
}

const fieldsOf = (name: ScriptName, place: 0 | 1): readonly string[] => {
  const list = luaPrelude(name).match(/\{ '[^}]*\}/g)?.[place] ?? '';
  return [...list.matchAll(/'(\w+)'/g)].map(([, field = '']) => field);
};

const zeros = Array<number>(13).fill(0).join(',');
const state = { circuit: 'closed', attempts: 0, failures: 0, parkedMs: 0, openMs: 0, free: 1 };
const usual: Readonly<Record<ScriptName, Answer>> = {
  reserve: {
    ...state,
    outcome: 'yes',
    waitMs: 0,
    serverMs: 1_000,
    probe: 0,
    booked: 0,
    upTo: 0,
    poured: 0,
    replicas: 1,
    epoch: 'first',
    leaseTokens: 0,
    leaseCalls: 0,
    leaseMs: 0,
    tokensLeaving: zeros,
    requestsLeaving: zeros,
  },
  settle: { ...state, openedMs: -1, closed: 0, newlyParkedMs: -1 },
};

export function scriptedStore(options: Partial<RedisQuotaOptions> = {}): ScriptedStore {
  const asked: Asked[] = [];
  const reserveSha = scriptOf(reserveScript).sha;
  const evalSha = (sha: string, { keys, arguments: sent }: ScriptArguments): Promise<unknown> => {
    const name = sha === reserveSha ? 'reserve' : 'settle';
    const question = Object.fromEntries(fieldsOf(name, 0).map((field, place) => [field, sent[place] ?? '']));
    return new Promise((resolve, reject) => {
      asked.push({
        name,
        keys,
        question,
        answer: (fields = {}) => {
          const granted = (question['attempts'] ?? '').split(',').filter((attempt) => attempt !== '').length;
          const values: Answer = { ...usual[name], granted, ...fields };
          resolve(fieldsOf(name, 1).map((field) => values[field]));
        },
        fail: reject,
      });
    });
  };
  const client = { evalSha, eval: () => Promise.reject(new Error('The script is there.')) };
  return {
    store: redisQuota(client, { degrade: 'closed', timeoutMs: 3_600_000, ...options }),
    asked,
    last: () => {
      const question = asked.at(-1);
      if (question === undefined) throw new Error('Nothing was asked.');
      return question;
    },
    settled: async () => {
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    },
  };
}
