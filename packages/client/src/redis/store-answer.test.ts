import { describe, expect, test } from 'vitest';
import { readAnswer } from './protocol.ts';
import { newsFrom, stateFrom } from './store-answer.ts';

const answerOf = (fields: Readonly<Record<string, string>>) => ({ ...readAnswer('reserve', []), ...fields });

describe('newsFrom', () => {
  test('reads limits, what leaves the windows, and the books', () => {
    const answer = answerOf({
      replicas: '3',
      tokenLimit: '1000',
      requestLimit: '10',
      tokensLeaving: '1,2,3',
      requestsLeaving: '4,5',
      epoch: 'first',
      serverMs: '73000',
    });
    expect(newsFrom(answer, 5_000)).toEqual({
      known: {
        atMs: 5_000,
        replicas: 3,
        tokens: { limit: 1_000, leaving: [1, 2, 3] },
        requests: { limit: 10, leaving: [4, 5] },
      },
      epoch: 'first',
      serverMs: 73_000,
    });
  });

  test('a limit that is not known is none, and there is one replica at least', () => {
    const { known } = newsFrom(answerOf({ replicas: '0' }), 5_000);
    expect([known.replicas, known.tokens.limit, known.requests.limit]).toEqual([1, undefined, undefined]);
  });
});

describe('stateFrom', () => {
  const state = { circuit: 'half-open', attempts: '4', failures: '2', free: '0.25' };

  test('counts the rest of a park and of an open circuit from now', () => {
    expect(stateFrom(answerOf({ ...state, parkedMs: '500', openMs: '1' }), 5_000)).toEqual({
      circuit: 'half-open',
      attempts: 4,
      failures: 2,
      free: 0.25,
      parkedUntilMs: 5_500,
      openUntilMs: 5_001,
    });
  });

  test('what is over has no end, whatever the clock says later', () => {
    const over = stateFrom(answerOf({ ...state, parkedMs: '0', openMs: '0' }), 5_000);
    expect(over).toMatchObject({ parkedUntilMs: 0, openUntilMs: 0 });
  });
});
