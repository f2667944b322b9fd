import { createHash, randomUUID } from 'node:crypto';
import { QuotaStoreError } from './errors.ts';
import { memoryQuota } from './memory-quota.ts';
import type {
  Grant,
  QuotaStore,
  QuotaTarget,
  Refusal,
  RefusalReason,
  SettledChange,
  Settlement,
  TargetState,
  TokenCount,
} from './quota.ts';
import { reserveScript, settleScript } from './redis-scripts.ts';
import { storeGuard } from './store-guard.ts';

/** What is used of a client of `@redis/client` (or `redis`), for Redis and Valkey, single or cluster. Connect it first. */
export interface RedisQuotaClient {
  eval(script: string, options: ScriptArguments): Promise<unknown>;
  evalSha(sha: string, options: ScriptArguments): Promise<unknown>;
}

interface ScriptArguments {
  keys: string[];
  arguments: string[];
}

export interface RedisQuotaOptions {
  /**
   * What happens while the store does not answer. `'local-share'`: each replica goes on with its share of the limits,
   * by the number of replicas last seen (and one attempt more, by which it learns the service's window). `'open'`: calls go on without limits of ours; hints and circuits still hold.
   * `'closed'`: calls fail with `QuotaStoreError`.
   */
  readonly degrade: 'local-share' | 'open' | 'closed';
  /** How long one decision may take. @default 100 */
  readonly timeoutMs?: number;
  /** Begin of every key. @default 'aoai' */
  readonly prefix?: string;
  /** How long a probe may hold a half-open circuit when its replica is never heard of again. @default 60_000 */
  readonly probeMs?: number;
  readonly now?: () => number;
}

/** One of our leases. */
interface Lease {
  /** When, by the server's clock; `undefined` when the store was not asked. */
  readonly atMs: number | undefined;
  readonly id: string;
  readonly poured: string;
  /** The same attempt in this process' own books. */
  readonly local: Grant | undefined;
}

/** Input tokens that an output token weighs where nobody has said, as in the memory of one process. */
const usualOutputWeight = 6;

/**
 * Quota, parking and circuits that all replicas share through Redis or Valkey: one atomic script for each decision,
 * by the server's clock. The store has a deadline and a circuit of its own; `degrade` says what happens without it.
 */
export function redisQuota(client: RedisQuotaClient, options: RedisQuotaOptions): QuotaStore {
  const { degrade, timeoutMs = 100, prefix = 'aoai', probeMs = 60_000, now = Date.now } = checked(options);
  const guard = storeGuard({ timeoutMs, now });
  const local = memoryQuota({ now });
  const states = new Map<string, TargetState>();
  const replica = randomUUID();
  let replicas = 1;
  let isDown = false;

  async function run(script: Script, target: QuotaTarget, args: readonly Argument[]): Promise<unknown[]> {
    const tag = `${prefix}:{${target.key}}`;
    const given = {
      keys: [`${tag}:state`, `${tag}:tokens`, `${tag}:requests`, `${tag}:replicas`],
      arguments: args.map((value) => (value === undefined ? '' : String(value))),
    };
    try {
      const answer = (await guard.ask(() => evaluate(client, script, given))) as unknown[];
      isDown = false;
      return answer;
    } catch (error) {
      isDown = true;
      throw error;
    }
  }

  /** The target as this process may use it on its own. */
  function ownShare(target: QuotaTarget): QuotaTarget {
    if (degrade === 'open') return { ...target, limits: {}, provisioned: false };
    const { tpm, rpm, ptu } = target.limits;
    return {
      ...target,
      limits: {
        ...(tpm === undefined ? undefined : { tpm: Math.max(1, Math.floor(tpm / replicas)) }),
        ...(rpm === undefined ? undefined : { rpm: Math.max(6, Math.floor(rpm / replicas)) }),
        ...(ptu === undefined ? undefined : { ptu: ptu / replicas }),
      },
    };
  }

  /** The books of this process: keys change with the share, so that a new number of replicas is a new limit. */
  function localTarget(target: QuotaTarget): QuotaTarget {
    return { ...ownShare(target), key: `${target.key}#${replicas}` };
  }

  async function reserve(target: QuotaTarget, tokens: TokenCount): Promise<Grant | Refusal> {
    const id = randomUUID();
    const seen = states.get(target.key);
    // A parked target stays parked: nobody has to be asked.
    if (seen !== undefined && seen.parkedUntilMs > now()) {
      return { ok: false, reason: 'parked', retryAtMs: seen.parkedUntilMs };
    }
    const own = local.reserve(localTarget(target), tokens) as Grant | Refusal;
    try {
      const answer = await run(scripts.reserve, target, [
        tokens.input + tokens.output,
        weigh(target, tokens),
        target.limits.tpm,
        perTenSeconds(target.limits.rpm),
        target.provisioned ? 1 : 0,
        capacityOf(target),
        replica,
        probeMs,
        id,
      ]);
      const [ok, reason, waitMs, atMs, probe, poured, count, snapshot] = answer;
      replicas = Math.max(1, Number(count));
      states.set(target.key, stateFrom(snapshot, now()));
      if (Number(ok) === 1) {
        const lease: Lease = {
          atMs: Number(atMs),
          id,
          poured: String(poured),
          local: own.ok ? own : undefined,
        };
        return { ok: true, target, tokens, probe: Number(probe) === 1, lease };
      }
      if (own.ok) void local.settle(own, { result: 'cancelled', counted: false });
      const retryAtMs = Number(waitMs) < 0 ? Infinity : now() + Number(waitMs);
      return { ok: false, reason: String(reason) as RefusalReason, retryAtMs };
    } catch (cause) {
      if (degrade === 'closed') {
        if (own.ok) void local.settle(own, { result: 'cancelled', counted: false });
        throw new QuotaStoreError({ store: prefix, cause });
      }
      if (!own.ok) return own;
      return { ...own, target, lease: { atMs: undefined, id, poured: '0', local: own } satisfies Lease };
    }
  }

  async function settle(grant: Grant, settlement: Settlement): Promise<SettledChange> {
    const { target, tokens } = grant;
    const lease = grant.lease as Lease;
    const own = lease.local === undefined ? {} : (local.settle(lease.local, settlement) as SettledChange);
    if (lease.atMs === undefined) return own;
    const { result, counted = true, parkUntilMs, observed, limitHit } = settlement;
    const used = counted && result !== 'throttled' ? weigh(target, settlement.tokens ?? tokens) : 0;
    try {
      const [openedFor, closed, parkedFor, snapshot] = await run(scripts.settle, target, [
        lease.atMs,
        tokens.input + tokens.output,
        weigh(target, tokens),
        used,
        counted && result !== 'throttled' ? 1 : 0,
        counted ? 1 : 0,
        target.provisioned ? 1 : 0,
        capacityOf(target),
        lease.poured,
        grant.probe ? 1 : 0,
        lease.id,
        result,
        parkUntilMs === undefined ? undefined : Math.max(0, parkUntilMs - now()),
        observed?.limitTokens,
        perTenSeconds(observed?.limitRequests),
        observed?.utilisation,
        limitHit,
        Number.isFinite(target.circuit.failures) ? target.circuit.failures : 1e9,
        target.circuit.window,
        target.circuit.openMs,
        target.circuit.maxOpenMs,
        target.limits.tpm,
        perTenSeconds(target.limits.rpm),
      ]);
      states.set(target.key, stateFrom(snapshot, now()));
      return {
        ...(Number(openedFor) < 0 ? undefined : { circuitOpened: { untilMs: now() + Number(openedFor) } }),
        ...(Number(closed) === 1 ? { circuitClosed: true } : undefined),
        ...(Number(parkedFor) < 0 ? undefined : { parked: { untilMs: now() + Number(parkedFor) } }),
      };
    } catch {
      // The reservation leaves the shared books by itself; this process has written it into its own.
      return own;
    }
  }

  function peek(target: QuotaTarget): TargetState {
    const own = local.peek(localTarget(target));
    const seen = states.get(target.key);
    if (isDown || seen === undefined) return own;
    const nowMs = now();
    return {
      ...seen,
      parkedUntilMs: seen.parkedUntilMs > nowMs ? seen.parkedUntilMs : 0,
      openUntilMs: seen.openUntilMs > nowMs ? seen.openUntilMs : 0,
    };
  }

  return { reserve, settle, peek };
}

type Argument = string | number | undefined;

interface Script {
  readonly text: string;
  readonly sha: string;
}

const scripts = { reserve: scriptOf(reserveScript), settle: scriptOf(settleScript) };

function scriptOf(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

async function evaluate(
  client: RedisQuotaClient,
  { text, sha }: Script,
  given: ScriptArguments,
): Promise<unknown> {
  try {
    return await client.evalSha(sha, given);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('NOSCRIPT')) throw error;
    return client.eval(text, given);
  }
}

function checked(options: RedisQuotaOptions): RedisQuotaOptions {
  if (!['local-share', 'open', 'closed'].includes(options.degrade)) {
    throw new TypeError(
      `Cannot create the quota store: \`degrade\` is ${JSON.stringify(options.degrade)}. Set it to "local-share", "open" or "closed".`,
    );
  }
  if (options.timeoutMs !== undefined && !(options.timeoutMs > 0)) {
    throw new RangeError(
      `Cannot create the quota store: \`timeoutMs\` is ${options.timeoutMs}. Set it to a number of milliseconds above 0.`,
    );
  }
  return options;
}

function weigh({ ptu }: QuotaTarget, { input, output, cachedInput = 0 }: TokenCount): number {
  return Math.ceil(input - cachedInput + output * (ptu?.outputWeight ?? usualOutputWeight));
}

/** Weighed tokens that fill the bucket of a provisioned deployment. */
function capacityOf({ limits, ptu }: QuotaTarget): number | undefined {
  return limits.ptu === undefined || ptu === undefined ? undefined : limits.ptu * ptu.inputTpm;
}

/** A sixth of the calls of a minute, and one at least: the service counts them over ten seconds. */
function perTenSeconds(rpm: number | undefined): number | undefined {
  return rpm === undefined ? undefined : Math.max(1, Math.floor(rpm / 6));
}

function stateFrom(snapshot: unknown, nowMs: number): TargetState {
  const [circuit, attempts, failures, parkedFor, openFor, free] = snapshot as readonly unknown[];
  return {
    circuit: circuit as TargetState['circuit'],
    attempts: Number(attempts),
    failures: Number(failures),
    parkedUntilMs: Number(parkedFor) > 0 ? nowMs + Number(parkedFor) : 0,
    openUntilMs: Number(openFor) > 0 ? nowMs + Number(openFor) : 0,
    free: Number(free),
  };
}
