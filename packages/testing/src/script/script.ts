import type { Config } from '@aoai/config';
import type { Draft } from '../answer/draft.ts';
import type { RecordedRequest } from '../journal/recorded-request.ts';
import type { Random } from '../random.ts';
import type { Intervention } from '../service/intervention.ts';
import type { DeploymentRequest, OperationRequest } from '../service/operation.ts';
import type { UnconsumedReply } from './errors.ts';
import type { Fault } from './fault.ts';
import { checkReply, draftOf, type Reply, type ReplyParts } from './reply.ts';

/** How often a reply is given. */
export interface ReplyOptions {
  /** @default 1 */
  readonly times?: number;
}

/** How often a fault applies. */
export interface FailOptions {
  /** @default 1, or without end when a `rate` is given */
  readonly times?: number;
  /** The share of requests that it applies to, from 0 to 1, drawn from the seed. @default 1 */
  readonly rate?: number;
}

/** Scripted replies and faults for the next requests. */
export interface Script {
  readonly reply: (name: string, reply: Reply | readonly Reply[], options?: ReplyOptions) => void;
  readonly fail: (name: string, fault: Fault, options?: FailOptions) => void;
  /** The fault for this request, before it is admitted. */
  strike(request: OperationRequest, deployment?: string): Intervention | undefined;
  /** Takes the reply to this request, after it was admitted. `undefined` when none is scripted. */
  take(request: DeploymentRequest, record: () => RecordedRequest): Taken | Promise<Taken> | undefined;
  unconsumed(): readonly UnconsumedReply[];
  /** The faults that wait for a request, in the order in which they were scripted. */
  readonly armed: () => readonly ArmedFault[];
  /** Takes a fault back. `false`: it is not armed any more. */
  readonly disarm: (id: number) => boolean;
  clear(): void;
}

/** A fault that waits for a request. */
export interface ArmedFault {
  readonly id: number;
  /** Deployment or pool, or `'*'`. */
  readonly target: string;
  readonly fault: string;
  /** How often it strikes yet; `null` is without end. */
  readonly left: number | null;
  readonly rate: number;
}

/** A reply that was taken for a request. */
interface Taken {
  readonly draft?: Draft;
  readonly intervention?: Intervention;
  /** Puts the reply back, when the request turned out to be invalid. */
  readonly restore: () => void;
}

interface Entry<Value> {
  /** 1 for what was scripted first. */
  readonly id: number;
  readonly value: Value;
  readonly rate: number;
  left: number;
}

interface Queues {
  readonly faults: Entry<Fault>[];
  readonly replies: Entry<Reply>[];
}

const nothing: Queues = { faults: [], replies: [] };

/** Every deployment and pool. */
const everything = '*';

/** An empty script for the names of `config`. With `anyName`, every other name may be used as well. */
export function createScript(
  config: Pick<Config, 'names' | 'pools'>,
  { random, anyName }: { readonly random: Random; readonly anyName: boolean },
): Script {
  const queues = new Map<string, Queues>();
  let lastId = 0;
  const poolsOf = new Map<string, string[]>();
  for (const [pool, tiers] of Object.entries(config.pools)) {
    for (const { deployment } of tiers.flat()) {
      const known = poolsOf.get(deployment);
      if (known === undefined) poolsOf.set(deployment, [pool]);
      else known.push(pool);
    }
  }

  function queuesOf(name: string): Queues {
    if (name !== everything && !anyName && !config.names.includes(name)) {
      const names = config.names.map((known) => JSON.stringify(known)).join(', ');
      throw new RangeError(
        `Cannot script ${JSON.stringify(name)}: not in this config. Known names: ${names}.`,
      );
    }
    const found = queues.get(name) ?? { faults: [], replies: [] };
    queues.set(name, found);
    return found;
  }

  /** The most specific name first: a deployment, then its pools, then `'*'`. */
  function namesFor(deployment: string | undefined): readonly string[] {
    if (deployment === undefined) return [everything];
    const pools = poolsOf.get(deployment);
    return pools === undefined ? [deployment, everything] : [deployment, ...pools, everything];
  }

  function strike(request: OperationRequest, deployment?: string): Intervention | undefined {
    if (queues.size === 0) return undefined;
    for (const name of namesFor(deployment)) {
      const { faults } = queues.get(name) ?? nothing;
      for (const entry of faults) {
        if (entry.rate < 1 && random.next() >= entry.rate) continue;
        useUp(faults, entry);
        return { ...entry.value.intervention(request), name: entry.value.name };
      }
    }
    return undefined;
  }

  function take(
    request: DeploymentRequest,
    record: () => RecordedRequest,
  ): Taken | Promise<Taken> | undefined {
    if (queues.size === 0) return undefined;
    for (const name of namesFor(request.deployment.key)) {
      const { replies } = queues.get(name) ?? nothing;
      const [entry] = replies;
      if (entry === undefined) continue;
      useUp(replies, entry);
      const restore = () => {
        entry.left += 1;
        if (!replies.includes(entry)) replies.unshift(entry);
      };
      return settle(entry.value, { request, record, restore });
    }
    return undefined;
  }

  return {
    reply(name, reply, { times = 1 } = {}) {
      const replies: readonly Reply[] = Array.isArray(reply) ? (reply as readonly Reply[]) : [reply as Reply];
      checkTimes(times);
      replies.forEach(checkReply);
      const { replies: queue } = queuesOf(name);
      for (const value of replies) queue.push({ id: (lastId += 1), value, rate: 1, left: times });
    },
    fail(name, fault, { rate = 1, times = rate < 1 ? Infinity : 1 } = {}) {
      checkTimes(times);
      if (!(rate >= 0 && rate <= 1))
        throw new RangeError(`Cannot script a fault: \`rate\` is ${rate}. Give a number from 0 to 1.`);
      queuesOf(name).faults.push({ id: (lastId += 1), value: fault, rate, left: times });
    },
    strike,
    take,
    unconsumed: () =>
      [...queues].flatMap(([target, { faults, replies }]) => [
        ...faults
          .filter(isDue)
          .map(({ value, left }) => ({ target, reply: `the fault ${value.name}`, left })),
        ...replies.filter(isDue).map(({ value, left }) => ({ target, reply: describe(value), left })),
      ]),
    armed: () =>
      [...queues]
        .flatMap(([target, { faults }]) =>
          faults.map(({ id, value, left, rate }) => ({
            id,
            target,
            fault: value.name,
            left: Number.isFinite(left) ? left : null,
            rate,
          })),
        )
        .sort((a, b) => a.id - b.id),
    disarm: (id) => {
      for (const { faults } of queues.values()) {
        const at = faults.findIndex((entry) => entry.id === id);
        if (at === -1) continue;
        faults.splice(at, 1);
        return true;
      }
      return false;
    },
    clear: () => {
      queues.clear();
    },
  };
}

interface Settling {
  readonly request: DeploymentRequest;
  readonly record: () => RecordedRequest;
  readonly restore: () => void;
}

function settle(reply: Reply, settling: Settling): Taken | Promise<Taken> {
  if (typeof reply === 'function') {
    const made = reply(settling.record());
    return made instanceof Promise ? made.then((value) => settle(value, settling)) : settle(made, settling);
  }
  checkReply(reply);
  const { request, restore } = settling;
  if (typeof reply === 'object' && 'intervention' in reply)
    return { intervention: { ...reply.intervention(request), name: reply.name }, restore };
  return { draft: draftFor(reply), restore };
}

const drafts = new WeakMap<ReplyParts, Draft>();

/** The draft of a reply, created once, even if it is given several times. */
function draftFor(reply: string | ReplyParts): Draft {
  if (typeof reply === 'string') return draftOf(reply);
  const draft = drafts.get(reply) ?? draftOf(reply);
  drafts.set(reply, draft);
  return draft;
}

function useUp<Value>(queue: Entry<Value>[], entry: Entry<Value>): void {
  entry.left -= 1;
  if (entry.left <= 0) queue.splice(queue.indexOf(entry), 1);
}

/** Replies and faults without an end do not have to be used. */
function isDue({ left }: Entry<unknown>): boolean {
  return Number.isFinite(left);
}

function checkTimes(times: number): void {
  if (times === Infinity || (Number.isInteger(times) && times > 0)) return;
  throw new RangeError(
    `Cannot script a reply: \`times\` is ${times}. Give a whole number above 0, or Infinity.`,
  );
}

function describe(reply: Reply): string {
  if (typeof reply === 'function') return `the function ${reply.name === '' ? '(request) => …' : reply.name}`;
  if (typeof reply === 'object' && 'intervention' in reply) return `the fault ${reply.name}`;
  const text = JSON.stringify(reply);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
