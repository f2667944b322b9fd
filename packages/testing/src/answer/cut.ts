import type { Answer, AnswerCall, AnswerInput } from './answer-input.ts';
import { countTokens, splitTokens } from './tokens.ts';

interface Draft {
  readonly text: string;
  readonly calls: readonly AnswerCall[];
}

/** Ends an answer where a stop sequence or the token limit ends it. */
export function cut(
  { text, calls }: Draft,
  { stop = [], maxTokens = Infinity }: Pick<AnswerInput, 'stop' | 'maxTokens'>,
): Answer {
  if (calls.length > 0) return cutCalls(calls, maxTokens);
  const kept = upToStop(text, stop);
  const tokens = countTokens(kept);
  if (tokens <= maxTokens) return { text: kept, toolCalls: [], finish: 'stop', tokens };
  const start = splitTokens(kept).slice(0, Math.max(0, maxTokens));
  return { text: start.join(''), toolCalls: [], finish: 'length', tokens: start.length };
}

function upToStop(text: string, stop: readonly string[]): string {
  const ends = stop
    .filter((each) => each !== '')
    .map((each) => text.indexOf(each))
    .filter((index) => index >= 0);
  return text.slice(0, Math.min(text.length, ...ends));
}

/** The service stops in the middle of the arguments too, and leaves JSON that does not parse. */
function cutCalls(calls: readonly AnswerCall[], maxTokens: number): Answer {
  const kept: AnswerCall[] = [];
  let tokens = 0;
  for (const call of calls) {
    const pieces = splitTokens(call.arguments);
    const left = maxTokens - tokens - callTokens;
    if (left <= 0) return { text: '', toolCalls: kept, finish: 'length', tokens };
    const written = pieces.slice(0, left);
    tokens += callTokens + written.length;
    kept.push({ name: call.name, arguments: written.join('') });
    if (written.length < pieces.length) return { text: '', toolCalls: kept, finish: 'length', tokens };
  }
  return { text: '', toolCalls: kept, finish: 'tool_calls', tokens };
}

/** The name of a call and the frame around it. */
const callTokens = 7;
