import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Grant } from '../../src/quota/quota.ts';
import { redisQuota } from '../../src/redis.ts';
import type { RedisQuotaClient } from '../../src/redis.ts';

/** Decides about attempts: milliseconds to wait, or 0 when the attempt may be made now. */
export interface Contestant {
  /** Takes `tokens`, or says how long to wait. */
  take(target: string, tokens: number): Promise<number>;
  /** The attempt of that many tokens has been answered. */
  done(target: string): Promise<void>;
  close(): Promise<void>;
}

export const contestantNames = ['aoai', 'one script per call', 'rate-limiter-flexible'] as const;
export type ContestantName = (typeof contestantNames)[number];

interface Setting {
  readonly redis: RedisQuotaClient;
  readonly tpm: number;
  readonly onCommand: () => void;
}

export const contestants: Readonly<Record<ContestantName, (setting: Setting) => Contestant>> = {
  aoai,
  'one script per call': oneScript,
  'rate-limiter-flexible': rateLimiterFlexible,
};

/** This package. */
function aoai({ redis, tpm, onCommand }: Setting): Contestant {
  const quota = redisQuota(counted(redis, onCommand), { degrade: 'local-share', timeoutMs: 2_000 });
  const grants = new Map<string, Grant[]>();
  return {
    take: async (key, tokens) => {
      const target = {
        key,
        limits: { tpm },
        provisioned: false,
        circuit: { failures: 5, window: 10, openMs: 5_000, maxOpenMs: 120_000 },
      };
      const answer = await quota.reserve(target, { input: tokens, output: 0 });
      if (!answer.ok) return Math.max(1, answer.retryAtMs - Date.now());
      grants.set(key, [...(grants.get(key) ?? []), answer]);
      return 0;
    },
    done: async (key) => {
      const grant = grants.get(key)?.shift();
      if (grant !== undefined) await quota.settle(grant, { result: 'ok' });
    },
    close: async () => quota.close?.(),
  };
}

/** The same window, asked for each call and told of each end: what most services write for themselves. */
function oneScript({ redis, tpm, onCommand }: Setting): Contestant {
  const client = counted(redis, onCommand);
  const script = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local all, total, first = redis.call('HGETALL', KEYS[1]), 0, nil
for i = 1, #all, 2 do
  local leaves = (tonumber(all[i]) + 1) * 1000 + 60000
  if leaves <= now then redis.call('HDEL', KEYS[1], all[i])
  else
    total = total + tonumber(all[i + 1])
    if not first or leaves < first then first = leaves end
  end
end
if total + tonumber(ARGV[1]) > tonumber(ARGV[2]) then return first - now end
redis.call('HINCRBY', KEYS[1], math.floor(now / 1000), ARGV[1])
redis.call('PEXPIRE', KEYS[1], 62000)
return 0`;
  return {
    take: async (target, tokens) => {
      const given = { keys: [`{${target}}:window`], arguments: [String(tokens), String(tpm)] };
      return Number(await client.eval(script, given));
    },
    done: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

/** The library with the most downloads: a window that begins with its first call. */
function rateLimiterFlexible({ redis, tpm, onCommand }: Setting): Contestant {
  const limiters = new Map<string, RateLimiterRedis>();
  return {
    take: async (target, tokens) => {
      let limiter = limiters.get(target);
      if (limiter === undefined) {
        const storeClient = counted(redis, onCommand);
        limiter = new RateLimiterRedis({
          storeClient,
          useRedisPackage: true,
          keyPrefix: target,
          points: tpm,
          duration: 60,
        });
        limiters.set(target, limiter);
      }
      try {
        await limiter.consume('all', tokens);
        return 0;
      } catch (rejected) {
        if (!(rejected instanceof RateLimiterRes)) throw rejected;
        return Math.max(1, rejected.msBeforeNext);
      }
    },
    done: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

/** Counts what is sent: a script is one command. */
function counted(redis: RedisQuotaClient, onCommand: () => void): RedisQuotaClient & { isReady: boolean } {
  return {
    isReady: true,
    eval: (script, given) => {
      onCommand();
      return redis.eval(script, given);
    },
    evalSha: (sha, given) => {
      onCommand();
      return redis.evalSha(sha, given);
    },
  };
}
