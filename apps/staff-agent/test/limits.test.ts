import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { OfflineReply } from '../src/offline-model.ts';
import { startRunning } from './running.ts';
import type { Running } from './running.ts';

let app: Running;
afterEach(() => app.close());

const look = (id = 'E-4'): OfflineReply => ({
  toolCalls: [{ name: 'get_expense_report', arguments: { id } }],
});

async function asked(offline: () => OfflineReply, options: Parameters<typeof startRunning>[0] = {}) {
  app = await startRunning({ offline, ...options });
  const ada = await app.person('ada');
  return { ada, ...(await ada.ask('Go')) };
}

test('the ninth step is not taken', async () => {
  const { steps, text } = await asked(() => look());
  expect(steps.filter((step) => step.startsWith('model'))).toHaveLength(8);
  expect(steps.at(-1)).toBe('limit limit refused');
  expect(text).toContain('I stopped after 8 steps');
});

test('tokens end a run before the next question to the model', async () => {
  const { steps, text } = await asked(() => look(), { limits: { tokens: 900 } });
  expect(steps.filter((step) => step.startsWith('model'))).toHaveLength(2);
  expect(text).toContain('I stopped at 900 tokens');
});

test('money ends a run', async () => {
  const { text } = await asked(() => look(), { limits: { money: 0.0001 } });
  expect(text).toContain('I stopped at 0.0001 EUR');
});

test('seconds end a run that a tool or a model holds up', async () => {
  const { text, steps } = await asked(() => look(), { limits: { seconds: 0 } });
  expect(text).toContain('I stopped after 0 seconds');
  expect(steps.at(-1)).toBe('limit limit refused');
});

test.each([
  ['no JSON', '{"id": "E-4"', 'The arguments of get_expense_report are not a JSON object.'],
  ['a list', '["E-4"]', 'The arguments of get_expense_report are not a JSON object.'],
])('malformed arguments are the result of the call, and the run goes on: %s', async (_name, args, note) => {
  let number = 0;
  const { events, text } = await asked(() => {
    number += 1;
    return number === 1
      ? { toolCalls: [{ name: 'get_expense_report', arguments: args }] }
      : { text: 'I see.' };
  });
  expect(events.flatMap((event) => (event.type === 'entry' ? [event.entry.note] : []))).toContain(note);
  expect(text).toBe('I see.');
});

test('arguments that the tool does not take are refused by the tool', async () => {
  let number = 0;
  const { steps, text } = await asked(() => {
    number += 1;
    return number === 1 ? look('../../E-4') : { text: 'I see.' };
  });
  expect(steps).toContain('tool get_expense_report refused');
  expect(text).toBe('I see.');
});

test('an unknown tool is named with those there are', async () => {
  let number = 0;
  const { events } = await asked(() => {
    number += 1;
    return number === 1 ? { toolCalls: [{ name: 'delete_everything', arguments: {} }] } : { text: 'I see.' };
  });
  const [note] = events.flatMap((event) =>
    event.type === 'entry' && event.entry.name === 'delete_everything' ? [event.entry.note] : [],
  );
  expect(note).toContain('There is no tool "delete_everything". There are: find_people');
});

test('parallel calls are answered together, each with its own result', async () => {
  let number = 0;
  const { steps } = await asked(() => {
    number += 1;
    return number === 1
      ? {
          toolCalls: ['E-4', 'E-12', 'E-3999'].map((id) => ({
            name: 'get_expense_report',
            arguments: { id },
          })),
        }
      : { text: 'I see.' };
  });
  expect(steps.filter((step) => step.startsWith('tool')).sort()).toEqual([
    'tool get_expense_report ok',
    'tool get_expense_report ok',
    'tool get_expense_report refused',
  ]);
});

test('a model that fails ends the run with a sentence, and the conversation goes on', async () => {
  app = await startRunning();
  const ada = await app.person('ada');
  const { respondWith } = await import('@aoai/testing');
  app.azure.mock?.fail('agent', respondWith({ status: 400, body: { error: { message: 'No.', code: 'x' } } }));
  const { run, text, steps } = await ada.ask('Show me report E-4');
  expect(text).toContain('Something did not work on the way.');
  expect(steps.at(-1)).toMatch(/^failure .* failed$/);
  expect((await ada.ask('Show me report E-4', run)).text).toContain('E-4: Conference ticket');
});

test('stop ends the model call: the service sees that the connection ends', async () => {
  const long = 'word '.repeat(2000);
  app = await startRunning({ offline: () => ({ text: long }), mock: { latency: { tokensPerSecond: 20 } } });
  const ada = await app.person('ada');
  const response = await ada.visitor.post('/api/ask', { question: 'Tell me a story' });
  const run = response.headers.get('x-run') ?? '';
  await expect
    .poll(() => app.azure.mock?.requests('agent')[0]?.response?.outcome, { timeout: 10_000 })
    .toBe('pending');
  expect((await ada.visitor.post(`/api/runs/${run}/stop`)).status).toBe(200);
  expect(await response.text()).toContain('"what":"stop"');
  await expect
    .poll(() => app.azure.mock?.requests('agent')[0]?.response?.outcome, { timeout: 10_000 })
    .toBe('abandoned');
  expect(await (await ada.visitor.get('/api/run')).json()).toMatchObject({ state: 'idle' });
});

test('stop ends the tool call: the connection to a server that never answers is closed', async () => {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => {
    // `fetch` may open the next connection before it is needed: what counts is the one with the request.
    socket.once('data', () => sockets.add(socket));
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  }).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  app = await startRunning({ env: { TOOLS_URL: `http://127.0.0.1:${port}` } });
  const ada = await app.person('ada');
  const response = await ada.visitor.post('/api/ask', { question: 'Show me report E-4' });
  await expect.poll(() => sockets.size, { timeout: 10_000 }).toBe(1);
  await ada.visitor.post(`/api/runs/${response.headers.get('x-run') ?? ''}/stop`);
  expect(await response.text()).toContain('Stopped.');
  await expect.poll(() => sockets.size, { timeout: 10_000 }).toBe(0);
  silent.close();
});
