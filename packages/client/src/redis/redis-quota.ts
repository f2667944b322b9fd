import type { QuotaStore, QuotaTarget } from '../quota/quota.ts';
import { perTenSeconds } from '../quota/window-lengths.ts';
import { reserveScript } from './lua-reserve.ts';
import { settleScript } from './lua-settle.ts';
import { ownBooks } from './own-books.ts';
import { readAnswer, writeQuestion } from './protocol.ts';
import type { Answer, Question, ScriptName } from './protocol.ts';
import { replicaCount } from './replica-count.ts';
import { evaluate, scriptOf } from './run-script.ts';
import type { RedisQuotaClient, Script } from './run-script.ts';
import { sharedHolders } from './shared-holders.ts';
import type { StoreContext } from './store-exchange.ts';
import { storeGuard } from './store-guard.ts';
import { storeMemory } from './store-memory.ts';
import { targetStore } from './target-store.ts';
import type { TargetStore } from './target-store.ts';

export interface RedisQuotaOptions {
  /**
   * What happens while the store does not answer. `'local-share'`: each replica uses its share of the limits, from the
   * number of replicas and from what was free when the store last answered. `'open'`: the client applies no limits;
   * parking and circuits still apply.
   * `'closed'`: calls fail with `QuotaStoreError`.
   */
  readonly degrade: 'local-share' | 'open' | 'closed';
  /**
   * The largest number of replicas. `'local-share'` divides the limits by it until the store has answered once, and by at
   * least this number later. A store that answers counts the replicas itself.
   * @default the environment variable `AOAI_REPLICAS`, and 10 without it
   */
  readonly replicas?: number;
  /** How long one decision may take. @default 100 */
  readonly timeoutMs?: number;
  /** Prefix of every key. @default 'aoai' */
  readonly prefix?: string;
  /** How long a circuit stays half-open when the replica of its probe no longer answers. @default 60_000 */
  readonly probeMs?: number;
  readonly now?: () => number;
  readonly random?: () => number;
}

const scripts: Readonly<Record<ScriptName, Script>> = {
  reserve: scriptOf(reserveScript),
  settle: scriptOf(settleScript),
};

/**
 * Quota, parking and circuits that all replicas share through Redis or Valkey: one atomic script for each decision,
 * by the server's clock. A replica takes a lease, a part of what is free for up to 30 seconds, and asks again when the
 * lease has ended or is used up. The store has a deadline and a circuit of its own; `degrade` says what happens without it.
 * @throws TypeError or RangeError when an option, or `AOAI_REPLICAS`, is invalid.
 */
export function redisQuota(client: RedisQuotaClient, options: RedisQuotaOptions): QuotaStore {
  const { degrade, timeoutMs = 100, prefix = 'aoai', probeMs = 60_000 } = checked(options);
  const { now = Date.now, random = Math.random } = options;
  const replicas = replicaCount(options.replicas);
  const guard = storeGuard({ timeoutMs, now });
  const targets = new Map<string, TargetStore>();
  const startedMs = now();
  let isDown = false;

  async function run<Name extends ScriptName>(
    name: Name,
    target: QuotaTarget,
    question: Question<Name>,
  ): Promise<Answer<Name>> {
    const tag = `${prefix}:{${target.key}}`;
    const keys = [`${tag}:state`, `${tag}:tokens`, `${tag}:requests`, `${tag}:replicas`];
    const given = { keys, arguments: writeQuestion(name, question) };
    try {
      const answer = readAnswer(name, await guard.ask(() => evaluate(client, scripts[name], given)));
      isDown = false;
      return answer;
    } catch (error) {
      isDown = true;
      throw error;
    }
  }

  const context: StoreContext = {
    degrade,
    prefix,
    replica: crypto.randomUUID(),
    timeoutMs,
    probeMs,
    now,
    isDown: () => isDown,
    reserve: (target, question) => run('reserve', target, question),
    settle: (target, question) => run('settle', target, question),
  };

  function storeOf(target: QuotaTarget): TargetStore {
    let store = targets.get(target.key);
    if (store === undefined) {
      const { tpm, rpm } = target.limits;
      const memory = storeMemory({
        atMs: startedMs,
        replicas: replicas.assumed,
        leastReplicas: replicas.said,
        neverAnswered: { sinceMs: startedMs, phase: random() },
        tokens: { limit: tpm, leaving: [] },
        requests: { limit: perTenSeconds(rpm), leaving: [] },
      });
      const own = ownBooks({ now, isUnlimited: degrade === 'open' }, () => memory.replicas());
      targets.set(target.key, (store = targetStore(context, { memory, own })));
    }
    return store;
  }

  const holders = sharedHolders(client, { prefix, guard });
  return {
    reserve: (target, tokens) => storeOf(target).reserve(target, tokens),
    admitted: (grant, observed) => {
      storeOf(grant.target).admitted(grant, observed);
    },
    settle: (grant, settlement) => storeOf(grant.target).settle(grant, settlement),
    peek: (target) => storeOf(target).peek(target),
    holders,
    close: async () => {
      await Promise.all([holders.close(), ...[...targets.values()].map((store) => store.close())]);
    },
  };
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
