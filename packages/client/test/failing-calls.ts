import { serverError } from '@aoai/testing';
import type { RetryOptions } from '../src/client/client-options.ts';
import { createClient } from '../src/client/create-client.ts';
import { messages } from './estate.ts';
import type { EstateFixture } from './estate.ts';

/** Where all copies of the package find the retry budget of the process. */
export const sharedBudget: symbol = Symbol.for('@aoai/client.retryBudget@2');

/** Makes calls that fail, through a client for each, and counts the attempts. */
export async function attemptsOf(
  { mock }: EstateFixture,
  calls: number,
  { retry = {}, create = createClient }: { retry?: RetryOptions; create?: typeof createClient } = {},
): Promise<number> {
  mock.fail('*', serverError(), { times: Infinity });
  let attempts = 0;
  for (let call = 0; call < calls; call += 1) {
    const azure = create(mock.config, {
      credential: mock.credential(),
      circuit: false,
      retry: { initialDelayMs: 0, maxDelayMs: 0, ...retry },
      onEvent: ({ type }) => (attempts += type === 'attempt-started' ? 1 : 0),
    });
    await azure.chat.completions.create({ model: 'chat', messages }).catch(() => undefined);
    await azure.close();
  }
  return attempts;
}
