import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startMockAzure } from '@aoai/testing';
import { build } from 'rolldown';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const source = fileURLToPath(new URL('../src/index.ts', import.meta.url));

const application = `
import { apiKey } from '@aoai/auth';
import { defineConfig } from '@aoai/config';
import { createClient } from ${JSON.stringify(source)};

async function main() {
  const config = defineConfig({
    resources: { main: { endpoint: process.argv[2] } },
    deployments: { chat: { resource: 'main', deployment: 'gpt-4.1', model: 'gpt-4.1' } },
  });
  const azure = createClient(config, { credential: apiKey(process.argv[3]) });
  const messages = [{ role: 'user', content: 'Hello' }];
  const answer = await azure.chat.completions.create({ model: 'chat', messages });
  console.log(answer.choices[0].message.content);
  await azure.close();
}
void main();
`;

test.each(['esm', 'cjs'] as const)('works in one %s file, away from node_modules', async (format) => {
  const azure = await startMockAzure();
  azure.reply('gpt-4.1', 'from a bundle');
  const folder = await mkdtemp(join(tmpdir(), 'aoai-bundled-'));
  try {
    const entry = fileURLToPath(new URL(`bundled-${format}.js`, import.meta.url));
    const file = join(folder, format === 'esm' ? 'app.mjs' : 'app.cjs');
    await build({
      input: entry,
      platform: 'node',
      resolve: { conditionNames: ['@aoai/source', 'import', 'default'] },
      plugins: [
        {
          name: 'application',
          resolveId: (id) => (id === entry ? id : null),
          load: (id) => (id === entry ? application : null),
        },
      ],
      output: { file, format, codeSplitting: false },
      logLevel: 'silent',
    });
    await writeFile(join(folder, 'package.json'), '{}');
    const { stdout } = await run(process.execPath, [file, azure.endpoint, azure.apiKey], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    expect(stdout.trim()).toBe('from a bundle');
  } finally {
    await rm(folder, { recursive: true, force: true });
    await azure.close();
  }
});
