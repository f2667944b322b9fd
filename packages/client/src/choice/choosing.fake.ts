import type { Asked, Choice, CircuitChange, End, UnderWay } from './choice.ts';
import { createChooser } from './chooser.ts';
import type { Chooser } from './chooser.ts';
import { promptChain } from './prompt-chain.ts';
import type { SlowCallRules } from './slow-calls.ts';
import { memoryQuota } from '../quota/memory-quota.ts';
import type { QuotaStore } from '../quota/quota.ts';
import type { Candidate } from '../route/route.ts';
import type { Target } from '../route/target.ts';

const circuit = { failures: 5, window: 10, openMs: 5_000, maxOpenMs: 120_000 };

/** A call of this kind, without a prompt that a cache could have. */
export const kindOf = (kind: string): Asked => ({ kind, chain: () => promptChain(undefined, 0) });

/** A target by its name, or by its name and weight: `near:3`. */
type Member = string;

/** A chooser over tiers, on a clock that each call moves on. */
export interface Choosing {
  readonly chooser: Chooser;
  readonly quota: QuotaStore;
  readonly changes: CircuitChange[];
  readonly now: () => number;
  readonly pass: (ms: number) => void;
  readonly target: (name: string) => Target;
  readonly order: (asked?: Asked, isOpen?: (candidate: Candidate) => boolean) => readonly Choice[];
  /** The order in words: `near`, or `far (look)`. */
  readonly names: (asked?: Asked, isOpen?: (candidate: Candidate) => boolean) => string;
  /** Sends a call to the first of the order, or to the target of this name. */
  readonly send: (asked?: Asked, to?: string) => UnderWay;
  /** Ends an attempt after so many milliseconds. */
  readonly end: (underWay: UnderWay, afterMs: number, end?: Partial<End>) => void;
  /** Makes a call that takes as long as its target does, and says where it went. */
  readonly call: (asked: Asked, tookMs: Readonly<Record<string, number>>) => Choice;
  /** Makes so many calls to a target, one after the other. */
  readonly teach: (name: string, ms: number, calls?: number) => void;
}

export function choosing(
  tiers: readonly (readonly Member[])[],
  { slow, tpm }: { readonly slow?: SlowCallRules; readonly tpm?: number } = {},
): Choosing {
  let nowMs = 1_000;
  const now = () => nowMs;
  const members = tiers.map((tier) =>
    tier.map((member) => {
      const [name = '', weight] = member.split(':');
      return { name, weight: weight === undefined ? undefined : Number(weight) };
    }),
  );
  const targets = new Map(
    members.flat().map(({ name }) => {
      const limits = tpm === undefined ? {} : { tpm };
      return [name, { name, quota: { key: name, limits, provisioned: false, circuit } } as Target];
    }),
  );
  const target = (name: string): Target => {
    const found = targets.get(name);
    if (found === undefined) throw new Error(`No target ${name}.`);
    return found;
  };
  const candidates = members.map((tier) =>
    tier.map(({ name, weight }) => ({ target: target(name), weight })),
  );
  const quota = memoryQuota({ now });
  const changes: CircuitChange[] = [];
  const chooser = createChooser({
    quota,
    slow,
    now,
    random: () => 0.5,
    emit: (change) => changes.push(change),
  });
  const usual = kindOf('chat');
  const order: Choosing['order'] = (asked = usual, isOpen = () => true) =>
    chooser.order(candidates, isOpen, asked);
  const send: Choosing['send'] = (asked = usual, to) => {
    const choices = order(asked);
    const choice = choices.find(({ candidate }) => to === undefined || candidate.target.name === to);
    if (choice === undefined) throw new Error('No target.');
    const underWay = chooser.begin(choice, asked);
    chooser.sent(underWay);
    return underWay;
  };
  const end: Choosing['end'] = (underWay, afterMs, how) => {
    nowMs += afterMs;
    chooser.ended(underWay, { result: 'ok', ...how });
  };
  return {
    chooser,
    quota,
    changes,
    now,
    pass: (ms) => {
      nowMs += ms;
    },
    target,
    order,
    names: (asked, isOpen) =>
      order(asked, isOpen)
        .map(({ candidate, purpose }) =>
          purpose === 'answer' ? candidate.target.name : `${candidate.target.name} (${purpose})`,
        )
        .join(', '),
    send,
    end,
    call: (asked, tookMs) => {
      const underWay = send(asked);
      const { choice } = underWay;
      end(underWay, tookMs[choice.candidate.target.name] ?? 0);
      return choice;
    },
    teach: (name, ms, calls = 20) => {
      for (let call = 0; call < calls; call += 1) end(send(usual, name), ms);
    },
  };
}
