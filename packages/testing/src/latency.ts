import type { Random } from './random.ts';

/** How long answers take. */
export interface LatencyOptions {
  /** Time to the first token, or to the head of an answer that has none. @default 0 */
  readonly firstTokenMs?: number;
  /** How fast tokens follow. @default Infinity */
  readonly tokensPerSecond?: number;
  /** How much both vary from answer to answer: 0.3 is about a third up or down. @default 0 */
  readonly jitter?: number;
}

/** `'instant'`, `'realistic'` (about what a small model takes on a quiet day), or times of your own. */
export type Latency = 'instant' | 'realistic' | LatencyOptions;

/** The times of one answer. */
export interface AnswerTimes {
  readonly firstTokenMs: number;
  /** Time until the next token of a stream. */
  readonly nextTokenMs: () => number;
}

const realistic: Required<LatencyOptions> = { firstTokenMs: 400, tokensPerSecond: 80, jitter: 0.3 };

/** The times that each answer takes, or `undefined` when they take none. */
export function latencyModel(latency: Latency): ((random: Random) => AnswerTimes) | undefined {
  if (latency === 'instant') return undefined;
  const {
    firstTokenMs = 0,
    tokensPerSecond = Infinity,
    jitter = 0,
  } = latency === 'realistic' ? realistic : latency;
  check('firstTokenMs', firstTokenMs, firstTokenMs >= 0);
  check('tokensPerSecond', tokensPerSecond, tokensPerSecond > 0);
  check('jitter', jitter, jitter >= 0);
  return (random) => {
    const vary = (ms: number) => (jitter === 0 ? ms : ms * Math.exp(jitter * normal(random)));
    // Each answer has its own speed, and its tokens vary around it.
    const tokenMs = vary(1_000 / tokensPerSecond);
    return { firstTokenMs: vary(firstTokenMs), nextTokenMs: () => vary(tokenMs) };
  };
}

function check(name: string, value: number, isGood: boolean): void {
  if (!isGood)
    throw new RangeError(
      `Cannot set a latency: \`${name}\` is ${value}. Give a number that is not negative.`,
    );
}

/** A standard normal number, within three of its deviations (Box and Muller). */
function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  return Math.max(-3, Math.min(3, radius * Math.cos(2 * Math.PI * random.next())));
}
