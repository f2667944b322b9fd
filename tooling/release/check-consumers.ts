// Checks the packed packages with what their users have: three versions of TypeScript, with the optional peers and without
// them; the bundlers; the other version of vitest. `pnpm --filter @aoai/release check-consumers [types] [bundles] [vitest]`.
// Needs a build. About four minutes on two processors: before a release, not for each commit.
import { copyFileSync, globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { bundlers, checkBundles } from './bundles.ts';
import { check } from './checks.ts';
import { consumer } from './consumer.ts';
import { checkTypes, importAll, type Compiler } from './types.ts';
import { entryPoints, optionalPeers, packAll, publishedPackages, root } from './workspace.ts';

/** What a team writes that has the peers: the types of ours take those of the peers, and refuse a wrong name. */
const withPeers = `
import * as api from '@opentelemetry/api';
import { createClient as connect } from '@redis/client';
import { createClient } from '@aoai/client';
import { redisQuota } from '@aoai/client/redis';
import { defineConfig } from '@aoai/config';
import { azureTest } from '@aoai/testing/vitest';

const config = defineConfig({
  resources: { main: { endpoint: 'https://contoso.openai.azure.com' } },
  deployments: { chat: { resource: 'main', deployment: 'gpt-4.1', model: 'gpt-4.1' } },
});
export async function start() {
  const redis = await connect().connect();
  const quota = redisQuota(redis, { degrade: 'local-share' });
  const azure = createClient(config, { telemetry: { api }, quota });
  // @ts-expect-error - A name that is not in the config.
  void azure.embeddings.create({ model: 'chatt', input: 'x' });
  // @ts-expect-error - Half of OpenTelemetry.
  createClient(config, { telemetry: { api: { trace: api.trace } } });
  return azure.chat.completions.create({ model: 'chat', messages: [] });
}
export const test = azureTest();
`;

const parts = { types, bundles, vitest };
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0)
  throw new TypeError(`Unknown part ${JSON.stringify(unknown[0])}. Known: ${Object.keys(parts).join(', ')}.`);

const folder = mkdtempSync(join(tmpdir(), 'aoai-consumers-'));
process.on('SIGINT', () => process.exit(130));
process.on('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});
const packages = publishedPackages();
const tarballs = [...packAll(packages, folder).values()];

for (const [name, part] of Object.entries(parts)) {
  if (asked.length === 0 || asked.includes(name)) await part();
}

/** Every entry point, and every example of the READMEs, with each compiler. */
async function types(): Promise<void> {
  const versions = ['5.9', '6', '7'];
  const compilers = join(folder, 'compilers');
  const aliases = versions.map((version) => `typescript-${version}@npm:typescript@${version}`);
  if ((await consumer('compilers', aliases, { folder })) === undefined) return;
  const all: Compiler[] = versions.map((version) => ({
    name: `TypeScript ${version}`,
    command: [process.execPath, join(compilers, 'node_modules', `typescript-${version}`, 'bin', 'tsc')],
  }));
  const entries = [...packages.values()].flatMap(entryPoints);
  const needed = ['openai@7', '@types/node@24'];
  const without = await consumer('types without optional peers', [...tarballs, ...needed], { folder });
  if (without !== undefined) {
    const source = importAll(entries.filter((entry) => optionalPeers[entry] === undefined));
    for (const compiler of all)
      await checkTypes({ name: 'without optional peers', source, compiler }, without);
  }
  const peers = ['vitest@5', '@redis/client@6', '@opentelemetry/api@1'];
  const others = ['ai@7', '@ai-sdk/azure@4', '@langchain/core@1', '@langchain/openai@1'];
  const azure = ['@azure/identity@4', '@azure/arm-cognitiveservices@8', '@azure/search-documents@13'];
  const install = [...tarballs, ...needed, ...peers, ...others, ...azure];
  const complete = await consumer('types with optional peers', install, { folder });
  if (complete === undefined) return;
  for (const compiler of all) {
    const source = `${importAll(entries)}\n${withPeers}`;
    await checkTypes({ name: 'with optional peers', source, compiler }, complete);
  }
  const examples = globSync('packages/*/src/*.examples.ts', { cwd: root });
  const names = examples.map((example) => `${example.split('/')[1] ?? ''}-${basename(example)}`);
  examples.forEach((example, index) => {
    copyFileSync(join(root, example), join(complete, names[index] ?? ''));
  });
  const flags = ['--noEmit', '--strict', '--target', 'es2024', '--module', 'nodenext', '--types', 'node'];
  for (const { name, command } of all)
    await check(
      `types: examples of the READMEs, ${name}`,
      [...command, ...flags, '--skipLibCheck', ...names],
      { cwd: complete },
    );
}

async function bundles(): Promise<void> {
  const cwd = await consumer('bundles', [...tarballs, ...bundlers], { folder });
  if (cwd === undefined) return;
  const away = join(folder, 'away');
  mkdirSync(away);
  await checkBundles(cwd, away);
}

/** The fixtures and matchers under the oldest vitest that the package takes; `check-packages` has the newest. */
async function vitest(): Promise<void> {
  const cwd = await consumer('vitest 4', [...tarballs, 'openai@7', 'vitest@4'], { folder });
  if (cwd === undefined) return;
  const example = join(root, 'packages', 'testing', 'src', 'vitest.examples.ts');
  copyFileSync(example, join(cwd, 'example.test.ts'));
  const run = [join(cwd, 'node_modules', '.bin', 'vitest'), 'run', 'example.test.ts'];
  await check('@aoai/testing/vitest: the example of the README passes under vitest 4', run, { cwd });
}
