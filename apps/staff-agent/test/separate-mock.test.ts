import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { started } from './programs.ts';

test('the same app against a separate aoai-mock, by environment alone, people included', async () => {
  // Beside the package's entry, as source in the workspace or built in an installation.
  const entry = import.meta.resolve('@aoai/testing');
  const program = fileURLToPath(new URL(`bin/aoai-mock${extname(entry)}`, entry));
  const rest = { ...process.env, AZURE_OPENAI_ENDPOINT: undefined };
  const printed = await started(
    [program, '--port', '0', '--config', 'aoai.config.ts'],
    rest,
    /SIGN_IN_SCOPE_EXPENSES=.*\n/,
  );
  const lines = [...printed.matchAll(/^(?:export )?([A-Z_0-9]+)=(?:'([^']*)'|"([^"]*)"|(\S*))$/gm)].map(
    ([, name = '', a, b, c]) => [name, a ?? b ?? c] as const,
  );
  const settings: Record<string, string | undefined> = Object.fromEntries(lines);
  const output = await started(
    ['src/server.ts'],
    { ...rest, ...settings, PORT: '0', DATA_FOLDER: ':memory:' },
    /Staff agent: (\S+)/,
  );
  expect(output).not.toContain('a mock in this process');
  const url = /Staff agent: (\S+)/.exec(output)?.[1] ?? '';
  const { signedIn } = await import('./visitor.ts');
  const ada = await signedIn(url, 'ada');
  const answer = await (
    await ada.post('/api/ask', { question: 'What is the mobile number of Bob Stone?' })
  ).text();
  expect(answer).toContain('"name":"get_mobile_number"');
  expect(answer).toContain('"status":"ok"');
});
