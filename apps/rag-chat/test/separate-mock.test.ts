import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { started } from './programs.ts';
import { ask } from './running-app.ts';
import { signedIn } from './visitor.ts';

const dataFolder = mkdtempSync(join(tmpdir(), 'rag-chat-separate-'));

// After the programs have ended.
afterAll(() => {
  rmSync(dataFolder, { recursive: true, force: true });
});

test('the same code against a separate aoai-mock, by environment alone: ingest, sign-in, rights, answers', async () => {
  // Beside the package's entry, as source in the workspace or built in an installation.
  const entry = import.meta.resolve('@aoai/testing');
  const program = fileURLToPath(new URL(`bin/aoai-mock${extname(entry)}`, entry));
  const rest = { ...process.env, AZURE_OPENAI_ENDPOINT: undefined, DATA_FOLDER: dataFolder };
  const printed = await started(
    [program, '--port', '0', '--config', 'aoai.config.ts'],
    rest,
    /MICROSOFT_GRAPH_ENDPOINT=.*\n/,
  );
  const lines = [...printed.matchAll(/^export ([A-Z_0-9]+)=(.*)$/gm)].map(
    ([, name = '', value]) => [name, value] as const,
  );
  const settings: Record<string, string | undefined> = Object.fromEntries(lines);
  expect(settings.AZURE_SEARCH_ENDPOINT).toMatch(/^https:/);
  const env = { ...rest, ...settings };
  const table = await started(['src/ingest-command.ts'], env, /broken \d+\n/);
  expect(table).toContain('added 40 · changed 0 · unchanged 0 · removed 0 · broken 0');
  const output = await started(['src/server.ts'], { ...env, PORT: '0' }, /Handbook: (\S+)/);
  expect(output).not.toContain('a mock in this process');
  const url = /Handbook: (\S+)/.exec(output)?.[1] ?? '';
  const question = 'What are the pay bands for engineers?';
  expect((await ask(await signedIn(url, 'ada'), question)).sources.map(({ document }) => document)).toContain(
    'people/pay-bands.md',
  );
  const bob = await ask(await signedIn(url, 'bob'), question);
  expect(bob.sources.map(({ document }) => document)).not.toContain('people/pay-bands.md');
  expect(bob.state).toBe('not-found');
});
