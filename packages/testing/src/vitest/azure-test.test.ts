import { describe, expect } from 'vitest';
import { azureTest } from '../vitest.ts';

const test = azureTest();

async function say(azure: { endpoint: string; apiKey: string }, content = 'Hi', headers = {}) {
  return fetch(`${azure.endpoint}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'api-key': azure.apiKey, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'gpt-4.1', messages: [{ role: 'user', content }] }),
  });
}

describe('the fixture', () => {
  test('is a running mock', async ({ azure }) => {
    azure.reply('gpt-4.1', 'Hello');
    expect(await (await say(azure)).text()).toContain('Hello');
  });

  test('is a new one for each test', ({ azure }) => {
    expect(azure.requests()).toEqual([]);
  });

  azureTest({ allowUnconsumed: true })('may leave replies over where that is allowed', ({ azure }) => {
    azure.reply('gpt-4.1', 'Hello');
  });

  azureTest({ allow: ['unknown-deployment'] })('may do wrong what is allowed', async ({ azure }) => {
    await fetch(`${azure.endpoint}/openai/deployments/x/chat/completions?api-version=2024-10-21`, {
      method: 'POST',
      headers: { 'api-key': azure.apiKey, 'content-type': 'application/json' },
      body: '{}',
    });
  });
});

describe('a test that passed by itself fails', () => {
  test.fails('when a scripted answer was never asked for', ({ azure }) => {
    azure.reply('gpt-4.1', 'Hello');
  });

  test.fails('when its callers did something wrong', async ({ azure }) => {
    await fetch(`${azure.endpoint}/openai/nothing`);
  });
});

describe('the matchers', () => {
  test('know what was received', async ({ azure }) => {
    await say(azure, 'Hello there', { 'x-ms-client-request-id': 'mine' });
    expect(azure).toHaveReceived('gpt-4.1');
    expect(azure).toHaveReceived('gpt-4.1', {
      prompt: 'Hello there',
      headers: { 'x-ms-client-request-id': 'mine' },
      body: { model: 'gpt-4.1' },
    });
    expect(azure).not.toHaveReceived('gpt-4.1', { body: { model: 'gpt-5' } });
    expect(azure).not.toHaveReceived('gpt-5');
    expect(azure).toHaveReceivedTimes('gpt-4.1', 1);
    expect(azure).toHaveNoFindings();
    expect(azure).toBeConsumed();
    expect(() => {
      expect(azure).toHaveReceived('gpt-4.1', { prompt: 'Goodbye' });
    }).toThrow(
      /to have received a request like \{"prompt":"Goodbye"\}; it received \n {2}1: POST \/openai\/v1\/chat\/completions 200 "Hello there"/,
    );
    expect(() => {
      expect(azure).toHaveReceivedTimes('gpt-4.1', 2);
    }).toThrow('expected "gpt-4.1" to have received 2 requests; it received 1: \n  1: POST');
    expect(() => {
      expect(azure).not.toHaveReceived('gpt-4.1');
    }).toThrow('expected "gpt-4.1" not to have received a request like {}; it received');
    expect(() => {
      expect(azure).toHaveReceived('gpt-5');
    }).toThrow('expected "gpt-5" to have received a request like {}; it received none');
    expect(() => {
      expect(azure).not.toHaveNoFindings();
    }).toThrow('expected the callers to have done something wrong');
    expect(() => {
      expect(azure).not.toBeConsumed();
    }).toThrow('expected something scripted to be left over');
  });

  test('list the last ten requests, with the first sixty letters of what was asked', async ({ azure }) => {
    for (let number = 0; number < 11; number += 1) await say(azure, 'Long'.repeat(20));
    const line = (number: number) =>
      `\n  ${number}: POST /openai/v1/chat/completions 200 ${JSON.stringify('Long'.repeat(15))}`;
    expect(() => {
      expect(azure).toHaveReceivedTimes('gpt-4.1', 0);
    }).toThrow(
      `expected "gpt-4.1" to have received 0 requests; it received 11: ${[2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map(line).join('')}`,
    );
  });

  test('match parts of nested objects, and lists as a whole', async ({ azure }) => {
    await say(azure, 'Hi');
    expect(azure).toHaveReceived('gpt-4.1', { response: { status: 200 } as never });
    expect(azure).toHaveReceived('gpt-4.1', { body: { messages: [{ role: 'user', content: 'Hi' }] } });
    expect(azure).not.toHaveReceived('gpt-4.1', { body: { messages: [{ role: 'user' }] } });
    expect(azure).not.toHaveReceived('gpt-4.1', { body: null });
  });

  azureTest({ allowUnconsumed: true, allow: ['unknown-operation'] })(
    'say what went wrong',
    async ({ azure }) => {
      azure.reply('gpt-4.1', 'Hello');
      await fetch(`${azure.endpoint}/openai/nothing`);
      expect(() => {
        expect(azure).toHaveNoFindings();
      }).toThrow('Request 1 called a URL that Azure does not have');
      expect(() => {
        expect(azure).toBeConsumed();
      }).toThrow('Scripted but never asked for');
    },
  );
});
