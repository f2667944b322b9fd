// `pnpm bench [package…] [--check] [--write]`: runs the benchmarks of the packages, one after the other, and prints every ratio beside
// the peers of the same run. `--check` fails when a ratio breaks its bound; `--write` writes docs/benchmarks/peers.md and its picture.
// BENCH_ROUNDS changes how many rounds each of them makes.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { comparisonsOf, type Measurement } from './measurement.ts';
import { pageOf } from './page.ts';
import { plotOf } from './plot.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const known = readdirSync(join(root, 'packages')).filter((name) => scriptsOf(name).includes('bench'));
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { check: { type: 'boolean' }, write: { type: 'boolean' } },
});
const unknown = positionals.filter((name) => !known.includes(name));

if (unknown.length > 0) {
  console.error(`bench: no benchmarks in ${unknown.join(', ')}. There are some in ${known.join(', ')}.`);
  process.exitCode = 2;
} else {
  const { measurements, failed } = runBenchmarks(positionals.length === 0 ? known : positionals);
  const broken = measurements.flatMap((measurement) =>
    comparisonsOf(measurement)
      .filter(({ isBroken }) => isBroken)
      .map(
        ({ peer, ratio, atMost = 0 }) =>
          `${measurement.what}: ${ratio.toFixed(2)} of ${peer}, at most ${atMost}`,
      ),
  );
  for (const line of [...failed.map((name) => `${name}: its benchmarks failed`), ...broken])
    console.error(line);
  if (flags.write === true) writePage(measurements);
  const isBad = failed.length > 0 || measurements.length === 0 || (flags.check === true && broken.length > 0);
  process.exitCode = isBad ? 1 : 0;
}

function scriptsOf(name: string): readonly string[] {
  const manifest = join(root, 'packages', name, 'package.json');
  if (!existsSync(manifest)) return [];
  const { scripts = {} } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly scripts?: object };
  return Object.keys(scripts);
}

function runBenchmarks(names: readonly string[]): {
  readonly measurements: readonly Measurement[];
  readonly failed: readonly string[];
} {
  const folder = mkdtempSync(join(tmpdir(), 'aoai-bench-'));
  const file = join(folder, 'results');
  writeFileSync(file, '');
  try {
    const failed = names.filter((name) => {
      const { status } = spawnSync('pnpm', ['--filter', `@aoai/${name}`, 'run', 'bench'], {
        cwd: root,
        env: { ...process.env, BENCH_RESULTS: file },
        stdio: 'inherit',
      });
      return status !== 0;
    });
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    return { measurements: lines.map((line) => JSON.parse(line) as Measurement), failed };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writePage(measurements: readonly Measurement[]): void {
  const [processor] = cpus();
  const { BENCH_ROUNDS: rounds } = process.env;
  const page = pageOf(measurements, {
    command: `${rounds === undefined ? '' : `BENCH_ROUNDS=${rounds} `}pnpm bench --write`,
    date: new Date().toISOString().slice(0, 10),
    node: `Node.js ${process.versions.node}`,
    processors: `${availableParallelism()} × ${processor?.model.trim() ?? 'unknown processor'}`,
    load: loadavg()[2] ?? Number.NaN,
    versions: versionsOf({
      client: ['openai', 'ai', '@ai-sdk/azure', '@langchain/openai', 'rate-limiter-flexible'],
      testing: ['@copilotkit/aimock'],
      auth: ['@azure/identity'],
    }),
  });
  const folder = join(root, 'docs', 'benchmarks');
  writeFileSync(join(folder, 'peers.svg'), plotOf(measurements));
  writeFileSync(join(folder, 'peers.md'), page);
  spawnSync('pnpm', ['exec', 'prettier', '--write', join(folder, 'peers.md')], {
    cwd: root,
    stdio: 'ignore',
  });
}

function versionsOf(peers: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  const found = Object.entries(peers).flatMap(([name, packages]) =>
    packages.map((each) => {
      const manifest = join(root, 'packages', name, 'node_modules', each, 'package.json');
      const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string };
      return [each, version] as const;
    }),
  );
  return Object.fromEntries(found);
}
