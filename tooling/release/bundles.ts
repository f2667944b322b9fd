import { cpSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { check, report, runProgram } from './checks.ts';
import { startMock } from './start-mock.ts';

/** The program of a user that is bundled: a call and a stream, with the address and the key from the command line. */
function application(transport: string): string {
  return `
import { apiKey } from '@aoai/auth';
import { createClient, fetchTransport, undiciTransport } from '@aoai/client';
import { defineConfig } from '@aoai/config';

async function main() {
  const config = defineConfig({
    resources: { main: { endpoint: process.argv[2] } },
    deployments: { chat: { resource: 'main', deployment: 'gpt-4.1', model: 'gpt-4.1' } },
  });
  const azure = createClient(config, { credential: apiKey(process.argv[3]), transport: ${transport} });
  const messages = [{ role: 'user', content: 'Say hello' }];
  const answer = await azure.chat.completions.create({ model: 'chat', messages });
  let said = answer.choices[0].message.content;
  for await (const chunk of await azure.chat.completions.create({ model: 'chat', messages, stream: true }))
    said += chunk.choices[0]?.delta.content ?? '';
  console.log(said);
  await azure.close();
}
void main();
`;
}

interface Bundle {
  readonly name: string;
  /** A program of npm and its arguments. */
  readonly command: readonly string[];
  readonly output: string;
  /** Whether everything is in the bundle, so that it has to run without `node_modules`. @default true */
  readonly whole?: boolean;
  /** What it fails with. @default nothing */
  readonly failsWith?: RegExp;
}

const esbuild = ['esbuild', '--bundle', '--platform=node', '--log-level=warning'];
const banner =
  "import { createRequire as createRequireHere } from 'node:module'; const require = createRequireHere(import.meta.url);";

const bundles: readonly Bundle[] = [
  {
    name: 'esbuild cjs',
    command: [...esbuild, 'app.mjs', '--format=cjs', '--outfile=esbuild-cjs/app.cjs'],
    output: 'esbuild-cjs/app.cjs',
  },
  {
    // The `require` that esbuild writes into ES modules refuses Node.js' own modules, which undici asks for.
    name: 'esbuild esm says what to do',
    command: [...esbuild, 'app.mjs', '--format=esm', '--outfile=esbuild-esm/app.mjs'],
    output: 'esbuild-esm/app.mjs',
    failsWith: /TransportLoadError: Cannot load the HTTP client: .*mark it as external/,
  },
  {
    name: 'esbuild esm, undici external',
    command: [
      ...esbuild,
      'app.mjs',
      '--format=esm',
      '--external:undici',
      '--outfile=esbuild-external/app.mjs',
    ],
    output: 'esbuild-external/app.mjs',
    whole: false,
  },
  {
    name: 'esbuild esm, banner',
    command: [
      ...esbuild,
      'app.mjs',
      '--format=esm',
      `--banner:js=${banner}`,
      '--outfile=esbuild-banner/app.mjs',
    ],
    output: 'esbuild-banner/app.mjs',
  },
  {
    name: 'esbuild esm, fetchTransport',
    command: [...esbuild, 'app-fetch.mjs', '--format=esm', '--outfile=esbuild-fetch/app.mjs'],
    output: 'esbuild-fetch/app.mjs',
  },
  {
    name: 'webpack',
    command: [
      'webpack',
      '--target=node',
      '--mode=production',
      '--entry=./app.mjs',
      '--output-path=webpack',
      '--output-filename=app.cjs',
    ],
    output: 'webpack/app.cjs',
  },
  {
    name: 'vite --ssr',
    command: ['vite', 'build', '--ssr', 'app.mjs', '--outDir', 'vite'],
    output: 'vite/app.js',
    whole: false,
  },
  {
    name: 'vite --ssr, noExternal',
    command: ['vite', 'build', '--config', 'vite.whole.config.mjs'],
    output: 'vite-whole/app.js',
  },
  { name: 'rollup', command: ['rollup', 'app.mjs', '-d', 'rollup'], output: 'rollup/app.js', whole: false },
  {
    name: 'rollup, node-resolve and commonjs',
    command: [
      'rollup',
      'app.mjs',
      '-d',
      'rollup-whole',
      '-p',
      'node-resolve',
      '-p',
      'commonjs',
      '-p',
      'json',
    ],
    output: 'rollup-whole/app.js',
  },
];

/** What has to be installed for `checkBundles`, besides the packages. */
export const bundlers: readonly string[] = [
  'openai@7',
  'esbuild',
  'webpack@5',
  'webpack-cli',
  'vite@8',
  'rollup@4',
  '@rollup/plugin-node-resolve',
  '@rollup/plugin-commonjs',
  '@rollup/plugin-json',
];

/** Bundles a program with each bundler's defaults, and lets it call the mock: away from `node_modules`, where it can. */
export async function checkBundles(cwd: string, away: string): Promise<void> {
  writeFileSync(join(cwd, 'app.mjs'), application('undiciTransport()'));
  writeFileSync(join(cwd, 'app-fetch.mjs'), application('fetchTransport()'));
  writeFileSync(
    join(cwd, 'vite.whole.config.mjs'),
    "export default { ssr: { noExternal: true }, build: { outDir: 'vite-whole', ssr: 'app.mjs' } };\n",
  );
  const mock = await startMock(cwd, 'key');
  const { AZURE_OPENAI_ENDPOINT: endpoint = '', AZURE_OPENAI_API_KEY: apiKey = '' } = mock.env;
  try {
    for (const { name, command, output, whole = true, failsWith } of bundles) {
      const [program = '', ...args] = command;
      const built = await check(`${name}: builds`, [join(cwd, 'node_modules', '.bin', program), ...args], {
        cwd,
      });
      if (!built) continue;
      const place = whole ? join(away, dirname(output)) : join(cwd, dirname(output));
      if (whole) cpSync(join(cwd, dirname(output)), place, { recursive: true });
      const file = join(place, output.slice(dirname(output).length + 1));
      // Node.js asks the nearest manifest what a `.js` file is.
      if (whole) writeFileSync(join(place, 'package.json'), '{"type":"module"}');
      const result = await runProgram([process.execPath, file, endpoint, apiKey], { cwd: place });
      const passed =
        failsWith === undefined ? result.stdout.trim() === 'Hello!Hello!' : failsWith.test(result.stderr);
      report(`${name}: calls`, passed, `${result.stdout}\n${result.stderr}`);
    }
  } finally {
    mock.stop();
  }
}
