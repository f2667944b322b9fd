import { usualThroughput } from '@aoai/config';
import { randomUUID } from 'node:crypto';
import { QuotaStoreError } from '../errors.ts';
import { memoryQuota } from '../quota/memory-quota.ts';
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
} from '../quota/quota.ts';
import type { OwnEntry } from './local-share.ts';
import { newsFrom, stateFrom } from './read-answer.ts';
import { evaluate, scripts } from './run-script.ts';
import type { RedisQuotaClient, Script } from './run-script.ts';
import { sharedHolders } from './shared-holders.ts';
import { storeGuard } from './store-guard.ts';
import { storeMemory } from './last-known.ts';
import type { StoreMemory } from './last-known.ts';

export interface RedisQuotaOptions {
  /**
   * What happens while the store does not answer. `'local-share'`: each replica goes on with its share of the limits,
   * by the number of replicas and what was free when the store last answered. `'open'`: calls go on without limits of ours; hints and circuits still hold.
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
  /** Where it is written down when the store was not asked. */
  readonly entry?: OwnEntry;
}

/**
 * Quota, parking and circuits that all replicas share through Redis or Valkey: one atomic script for each decision,
 * by the server's clock. The store has a deadline and a circuit of its own; `degrade` says what happens without it.
 */
export function redisQuota(client: RedisQuotaClient, options: RedisQuotaOptions): QuotaStore {
  const { degrade, timeoutMs = 100, prefix = 'aoai', probeMs = 60_000, now = Date.now } = checked(options);
  const guard = storeGuard({ timeoutMs, now });
  const local = memoryQuota({ now });
  const states = new Map<string, TargetState>();
  const memories = new Map<string, StoreMemory>();
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

  /** The books of this process: for health, parking and utilisation. Windows are the memory's. */
  function localTarget(target: QuotaTarget): QuotaTarget {
    if (degrade === 'open') return { ...target, limits: {}, provisioned: false };
    const { ptu } = target.limits;
    if (!target.provisioned || ptu === undefined) return { ...target, limits: {} };
    // Keys change with the share, so that a new number of replicas is a new limit.
    return { ...target, limits: { ptu: ptu / replicas }, key: `${target.key}#${replicas}` };
  }

  function memoryOf({ key, limits: { tpm, rpm } }: QuotaTarget): StoreMemory {
    let memory = memories.get(key);
    if (memory === undefined) {
      const requests = { limit: perTenSeconds(rpm), leaving: [] };
      memory = storeMemory({
        atMs: now(),
        replicas: 1,
        tokens: { limit: tpm, leaving: [] },
        requests,
      });
      memories.set(key, memory);
    }
    return memory;
  }

  async function reserve(target: QuotaTarget, tokens: TokenCount): Promise<Grant | Refusal> {
    const seen = states.get(target.key);
    // A parked target stays parked: nobody has to be asked.
    if (seen !== undefined && seen.parkedUntilMs > now()) {
      return { ok: false, reason: 'parked', retryAtMs: seen.parkedUntilMs };
    }
    const amount = tokens.input + tokens.output;
    const memory = memoryOf(target);
    const sharesOut = degrade !== 'open' && !target.provisioned;
    const isCautious = (): boolean => sharesOut && memory.isCautious(now());
    const early = isCautious() && !isDown ? memory.refuses(amount, now()) : undefined;
    if (early !== undefined) return early;
    const own = local.reserve(localTarget(target), tokens) as Grant | Refusal;
    const takeBack = (): void => {
      if (own.ok) void local.settle(own, { result: 'cancelled', counted: false });
    };
    const id = randomUUID();
    const debt = memory.owed(now());
    try {
      const question = [
        amount,
        weigh(target, tokens),
        target.limits.tpm,
        perTenSeconds(target.limits.rpm),
        target.provisioned ? 1 : 0,
        capacityOf(target),
        replica,
        probeMs,
        id,
        debt.text,
      ];
      let answer = await run(scripts.reserve, target, [...question, memory.serverMs(now() + timeoutMs)]);
      if (Number(answer[0]) < 0) {
        // In time for us, and late by the server's clock: that has been set.
        memory.setClock(Number(answer[3]), now());
        answer = await run(scripts.reserve, target, [...question, undefined]);
      }
      debt.end(true);
      const [ok, reason, waitMs, atMs, probe, poured, count, snapshot] = answer;
      replicas = Math.max(1, Number(count));
      states.set(target.key, stateFrom(snapshot, now()));
      memory.heard(newsFrom(answer, { nowMs: now(), taken: Number(ok) === 1 ? amount : 0 }));
      if (Number(ok) !== 1) {
        takeBack();
        const retryAtMs = Number(waitMs) < 0 ? Infinity : now() + Number(waitMs);
        return { ok: false, reason: String(reason) as RefusalReason, retryAtMs };
      }
      const lease = { atMs: Number(atMs), id, poured: String(poured), local: own.ok ? own : undefined };
      const grant: Grant = { ok: true, target, tokens, probe: Number(probe) === 1, lease };
      if (!isCautious()) return grant;
      // The store answers again, but does not know yet what the others did without it.
      const late = memory.refuses(amount, now());
      if (late === undefined) memory.take(amount, now(), true);
      else void settle(grant, { result: 'cancelled', counted: false });
      return late ?? grant;
    } catch (cause) {
      debt.end(false);
      memory.failed(now());
      if (degrade === 'closed') {
        takeBack();
        throw new QuotaStoreError({ store: prefix, cause });
      }
      const full = sharesOut ? memory.refuses(amount, now()) : undefined;
      if (full !== undefined) takeBack();
      if (full !== undefined || !own.ok) return full ?? own;
      const entry = memory.take(amount, now(), false);
      return {
        ...own,
        target,
        lease: { atMs: undefined, id, poured: '0', local: own, entry } satisfies Lease,
      };
    }
  }

  async function settle(grant: Grant, settlement: Settlement): Promise<SettledChange> {
    const { target, tokens } = grant;
    const lease = grant.lease as Lease;
    const own = lease.local === undefined ? {} : (local.settle(lease.local, settlement) as SettledChange);
    const { result, counted = true, parkUntilMs, observed, limitHit } = settlement;
    const { entry } = lease;
    if (entry !== undefined && !entry.isSealed && (!counted || result === 'throttled')) {
      entry.tokens -= Math.ceil(tokens.input + tokens.output);
      if (!counted) entry.calls -= 1;
    }
    if (lease.atMs === undefined) return own;
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
    if (isDown || seen === undefined) {
      return degrade === 'open' || target.provisioned ? own : { ...own, free: memoryOf(target).free(now()) };
    }
    const nowMs = now();
    return {
      ...seen,
      parkedUntilMs: seen.parkedUntilMs > nowMs ? seen.parkedUntilMs : 0,
      openUntilMs: seen.openUntilMs > nowMs ? seen.openUntilMs : 0,
    };
  }

  const holders = sharedHolders(client, { prefix, guard });
  return { reserve, settle, peek, holders, close: () => holders.close() };
}

type Argument = string | number | undefined;

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
  return Math.ceil(input - cachedInput + output * (ptu?.outputWeight ?? usualThroughput.outputWeight));
}

/** Weighed tokens that fill the bucket of a provisioned deployment. */
function capacityOf({ limits, ptu }: QuotaTarget): number | undefined {
  return limits.ptu === undefined || ptu === undefined ? undefined : limits.ptu * ptu.inputTpm;
}

/** A sixth of the calls of a minute, and one at least: the service counts them over ten seconds. */
function perTenSeconds(rpm: number | undefined): number | undefined {
  return rpm === undefined ? undefined : Math.max(1, Math.floor(rpm / 6));
}
