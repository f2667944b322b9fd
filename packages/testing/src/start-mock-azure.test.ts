import { once } from 'node:events';
import { connect } from 'node:net';
import OpenAI, { AzureOpenAI } from 'openai';
import { expect, test } from 'vitest';
import { neverAnswers } from './script/connection-faults.ts';
import { startMockAzure } from './start-mock-azure.ts';

test('answers the openai SDK on both surfaces, whole and streamed', async () => {
  const azure = await startMockAzure();
  const dated = new AzureOpenAI({ endpoint: azure.endpoint, apiKey: azure.apiKey, apiVersion: '2024-10-21' });
  const v1 = new OpenAI({ baseURL: `${azure.endpoint}/openai/v1/`, apiKey: azure.apiKey });
  for (const client of [dated, v1]) {
    const messages = [{ role: 'user' as const, content: 'Say exactly: Hello there' }];
    const whole = await client.chat.completions.create({ model: 'gpt-5-mini', messages });
    expect(whole.choices[0]?.message.content).toBeTypeOf('string');
    let text = '';
    for await (const chunk of await client.chat.completions.create({
      model: 'gpt-5-mini',
      messages,
      stream: true,
    })) {
      text += chunk.choices[0]?.delta.content ?? '';
    }
    expect(text).toBe(whole.choices[0]?.message.content);
  }
  await azure.close();
});

test('refuses a wrong key and an unknown deployment in the words of Azure', async () => {
  const azure = await startMockAzure();
  const post = async (key: string, deployment: string): Promise<Response> =>
    fetch(`${azure.endpoint}/openai/deployments/${deployment}/chat/completions?api-version=2024-10-21`, {
      method: 'POST',
      headers: { 'api-key': key, 'content-type': 'application/json' },
      body: '{"messages":[{"role":"user","content":"Hi"}]}',
    });
  const wrongKey = await post('nope', 'gpt-5-mini');
  expect([wrongKey.status, wrongKey.statusText]).toEqual([401, 'PermissionDenied']);
  expect(wrongKey.headers.get('content-length')).toBe('224');
  const unknown = await post(azure.apiKey, 'nope');
  expect([unknown.status, unknown.headers.get('content-length')]).toEqual([404, '198']);
  await azure.close();
});

test('leaves no port open where one of its parts cannot start', async () => {
  const servers = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
  const busy = await startMockAzure();
  const before = servers();
  const port = Number(new URL(busy.endpoint).port);
  for (const options of [{ port }, { identity: { port } }])
    await expect(startMockAzure(options)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await expect.poll(servers).toBeLessThanOrEqual(before);
  await busy.close();
});

test('every close waits until all is closed: a second one at once, with less patience, and one after', async () => {
  const azure = await startMockAzure();
  const ports = [azure.endpoint, azure.identity.signInOrigin, azure.arm.endpoint].map((url) =>
    Number(new URL(url).port),
  );
  const isOpen = async (port: number): Promise<boolean> => {
    const socket = connect(port, '127.0.0.1');
    const opened = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    return opened;
  };
  expect(await Promise.all(ports.map(isOpen))).toEqual([true, true, true]);
  azure.fail('gpt-5-mini', neverAnswers());
  const hanging = fetch(`${azure.endpoint}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'api-key': azure.apiKey, 'content-type': 'application/json' },
    body: '{"model":"gpt-5-mini","messages":[{"role":"user","content":"Hi"}]}',
  }).then(
    () => 'answered',
    () => 'cut',
  );
  await expect.poll(() => azure.requests().length).toBe(1);
  const patient = azure.close({ graceMs: 600_000 });
  await azure.close();
  expect(await Promise.all(ports.map(isOpen))).toEqual([false, false, false]);
  expect(await hanging).toBe('cut');
  await patient;
  await azure.close();
});

test('closes at the end of a block with await using', async () => {
  const seen = async (): Promise<string> => {
    await using azure = await startMockAzure();
    expect((await fetch(azure.endpoint)).status).toBe(404);
    return azure.endpoint;
  };
  await expect(fetch(await seen())).rejects.toThrow('fetch failed');
});
