// What importing costs beyond Node's own start: CPU time of a fresh process, in turns.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median, record } from '@aoai/bench';

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
const beyond = (name: string): number => median(samples.get(name) ?? []) - start;
record({
  what: 'import',
  unit: "ms of CPU beyond Node's own start",
  ours: '@aoai/auth',
  values: { '@aoai/auth': beyond('@aoai/auth'), '@azure/identity': beyond('@azure/identity') },
  atMost: { '@azure/identity': 0.2 },
});
if (beyond('@aoai/auth') >= 10) throw new Error('Importing @aoai/auth must cost less than 10 ms.');
