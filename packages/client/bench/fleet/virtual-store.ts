import type { RedisQuotaClient } from '../../src/redis.ts';
import type { VirtualTime } from '../oracle/virtual-time.ts';
import { sleep } from '../oracle/service.ts';

/** What is used of a connection to a real server. */
export interface EmptyableRedis extends RedisQuotaClient {
  flushAll(): Promise<unknown>;
  scriptLoad(script: string): Promise<string>;
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
  const shas = new Map<string, Promise<string>>();

  /** The script as the server keeps it: to send its text with each command took longer than to run it. */
  function loaded(text: string): Promise<string> {
    // The one line of the scripts that reads the clock.
    const script = text.replace("redis.call('TIME')", '{ ARGV[#ARGV - 1], ARGV[#ARGV] }');
    const sha = shas.get(text) ?? redis.scriptLoad(script);
    shas.set(text, sha);
    return sha;
  }

  async function run(text: string, keys: string[], given: string[]): Promise<unknown> {
    commands += 1;
    await sleep(time, oneWayMs);
    if (isSilent()) return new Promise(() => undefined);
    const nowMs = startMs + time.now();
    const clock = [Math.floor(nowMs / 1_000), Math.floor((nowMs % 1_000) * 1_000)].map(String);
    const asked = loaded(text).then((sha) => redis.evalSha(sha, { keys, arguments: [...given, ...clock] }));
    const answer = await time.hold(asked);
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
