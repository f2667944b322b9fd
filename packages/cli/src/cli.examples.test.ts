import { expect, test } from 'vitest';
import { checkIn } from './cli.examples.ts';
import { fakeTerminal } from './terminal.fake.ts';

test('a program can run commands in a terminal of its own', async () => {
  const env = { AZURE_OPENAI_ENDPOINT: 'https://a.openai.azure.com', AZURE_OPENAI_DEPLOYMENT: 'gpt-5.4' };
  const terminal = fakeTerminal({ env });
  expect(await checkIn(terminal)).toBe(true);
  expect(JSON.parse(terminal.output())).toEqual({ ok: true, findings: [] });
});
