import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const here = fileURLToPath(new URL('.', import.meta.url));
const tsc = join(dirname(fileURLToPath(import.meta.resolve('typescript/package.json'))), 'bin', 'tsc');

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(here, 'type-check-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

function source(deployments: number): string {
  const range = Array.from({ length: deployments }, (_, at) => at);
  const lines = range.map(
    (at) =>
      `'chat-${at}': { resource: 'r${at % 20}', deployment: 'gpt-5-mini', model: 'gpt-5-mini', sku: 'DataZoneStandard', limits: { tpm: 1000, rpm: 6 } },`,
  );
  const pools = range.map((at) => `'pool-${at}': [['chat-${at}'], ['chat-${(at + 1) % deployments}']],`);
  const resources = Array.from(
    { length: 20 },
    (_, at) => `r${at}: { endpoint: env('E${at}'), region: 'swedencentral' },`,
  );
  return [
    "import { defineConfig, env, type Config } from '../../src/index.ts';",
    `const config = defineConfig({ resources: { ${resources.join('\n')} },`,
    `deployments: { ${lines.join('\n')} }, pools: { ${pools.join('\n')} } });`,
    `declare function call<Name extends string>(config: Config<Name>, name: NoInfer<Name>): void;`,
    `call(config, 'chat-0'); call(config, 'pool-${deployments - 1}');`,
    "// @ts-expect-error - no such name\ncall(config, 'chat-x');",
  ].join('\n');
}

/** Number of types that tsc instantiates to check one config. Its time depends on that, and it is the same on every machine. */
async function instantiations(deployments: number): Promise<number> {
  const file = join(folder, `config-${deployments}.ts`);
  const project = join(folder, `tsconfig-${deployments}.json`);
  await writeFile(file, source(deployments));
  await writeFile(
    project,
    JSON.stringify({
      extends: '../../tsconfig.json',
      compilerOptions: { isolatedDeclarations: false, declaration: false },
      include: [file],
    }),
  );
  const { stdout } = await promisify(execFile)(process.execPath, [
    tsc,
    '-p',
    project,
    '--extendedDiagnostics',
  ]);
  return Number(/Instantiations:\s+(\d+)/.exec(stdout)?.[1]);
}

test('a type check costs as much more as the config is longer, not the square of it', async () => {
  const [one, hundred, twoHundred] = [
    await instantiations(1),
    await instantiations(100),
    await instantiations(200),
  ];
  expect(hundred).toBeGreaterThan(one);
  expect(twoHundred - one).toBeLessThan(2.1 * (hundred - one));
});
