import type { RedisQuotaClient } from '../../src/redis.ts';
import type { VirtualTime } from '../oracle/virtual-time.ts';
import { sleep } from '../oracle/service.ts';

/** What is used of a connection to a real server. */
export interface EmptyableRedis extends RedisQuotaClient {
  flushAll(): Promise<unknown>;
}

/** A Redis whose clock is a virtual one: the scripts are those of the package, and so is what runs them. */
export interface VirtualStore {
  /** A connection of one replica. */
  connect(): RedisQuotaClient;
  /** From then on nothing is answered; or, when it had been killed, again. */
  kill(): void;
  revive(): void;
  /** Loses all it knows, as a failover to an empty server does. */
  flush(): Promise<void>;
  /** Commands that were sent. */
  readonly commands: number;
}

/** Time of a message to the store, and of one back. */
const oneWayMs = 0.4;

/** `startMs`: what the clock of the server shows at the beginning. */
export function virtualStore(redis: EmptyableRedis, time: VirtualTime, startMs: number): VirtualStore {
  let commands = 0;
  let isKilled = false;
  const isSilent = (): boolean => isKilled;

  async function run(text: string, keys: string[], given: string[]): Promise<unknown> {
    commands += 1;
    await sleep(time, oneWayMs);
    if (isSilent()) return new Promise(() => undefined);
    const nowMs = startMs + time.now();
    const clock = [Math.floor(nowMs / 1_000), Math.floor((nowMs % 1_000) * 1_000)].map(String);
    // The one line of the scripts that reads the clock.
    const script = text.replace("redis.call('TIME')", '{ ARGV[#ARGV - 1], ARGV[#ARGV] }');
    const answer = await time.hold(redis.eval(script, { keys, arguments: [...given, ...clock] }));
    await sleep(time, oneWayMs);
    if (isSilent()) return new Promise(() => undefined);
    return answer;
  }

  return {
    connect: () => ({
      evalSha: () => Promise.reject(new Error('NOSCRIPT')),
      eval: (text, { keys, arguments: given }) => run(text, keys, given),
    }),
    kill: () => {
      isKilled = true;
    },
    revive: () => {
      isKilled = false;
    },
    flush: async () => {
      await time.hold(redis.flushAll());
    },
    get commands() {
      return commands;
    },
  };
}
