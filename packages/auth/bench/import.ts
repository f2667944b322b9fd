// What importing costs beyond Node's own start: CPU time of a fresh process, in turns.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './cpu.ts';

const rounds = 11;
const programs = {
  node: '',
  '@aoai/auth': `import ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)};`,
  '@azure/identity': "import '@azure/identity';",
};

function cpuMs(program: string): number {
  const script = `${program}\nconst {user, system} = process.cpuUsage(); process.stdout.write(String((user + system) / 1000));`;
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  return Number(
    spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd, encoding: 'utf8' }).stdout,
  );
}

const samples = new Map(Object.keys(programs).map((name) => [name, [] as number[]]));
for (let round = 0; round < rounds; round += 1) {
  for (const [name, program] of Object.entries(programs)) samples.get(name)?.push(cpuMs(program));
}
const start = median(samples.get('node') ?? []);
console.log(`CPU time of an import beyond Node's own start (median of ${rounds} fresh processes, in turns)`);
for (const [name, values] of samples) {
  const ms = median(values);
  const what = name === 'node' ? `${ms.toFixed(1)} ms  Node itself` : `${(ms - start).toFixed(1)} ms`;
  console.log(`  ${name.padEnd(18)} ${what}`);
}
if (median(samples.get('@aoai/auth') ?? []) - start >= 10) {
  throw new Error('Importing @aoai/auth must cost less than 10 ms.');
}
