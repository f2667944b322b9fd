// Draws the pictures of the README: `pnpm --filter @aoai/docs pictures`. The terminal is recorded from the real `npm start`.
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './documents.ts';
import { benchmarkPages } from './pictures/benchmark-pages.ts';
import { benchmarksSvg } from './pictures/benchmarks-svg.ts';
import { terminalSvg } from './pictures/terminal-svg.ts';

const folder = join(root, 'docs/pictures');
mkdirSync(folder, { recursive: true });

const start = [join(root, 'tooling/bootstrap/run.mjs'), 'start'];
const { stdout } = await promisify(execFile)(process.execPath, start, { cwd: root });
writeFileSync(join(folder, 'failover.svg'), terminalSvg('npm start', stdout));
writeFileSync(join(folder, 'benchmarks.svg'), benchmarksSvg(benchmarkPages()));
