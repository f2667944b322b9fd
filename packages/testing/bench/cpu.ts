import { median, record } from '@aoai/bench';
import { serverProcess, type ServerProcess } from './server-process.ts';
import { bodyOf } from './workload.ts';

// CPU time of the server process per request, measured in turns: effects of the machine are the same for all subjects.

interface Measurement {
  readonly title: string;
  readonly stream: boolean;
  readonly times: number;
  readonly subjects: readonly string[];
}

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 9);
/** Rounds that do not count: the compiler of V8 needs tens of thousands of requests to settle. */
const warmUps = 4;

const measurements: readonly Measurement[] = [
  {
    title: 'JSON answer',
    stream: false,
    times: 4_000,
    subjects: (process.env['SUBJECTS'] ?? 'bare,aoai,aoai-unscripted,aimock').split(','),
  },
  { title: 'stream of 256 chunks', stream: true, times: 400, subjects: ['bare', 'aoai', 'aimock'] },
];

for (const measurement of measurements) {
  const servers = await Promise.all(
    measurement.subjects.map((name) => serverProcess(name, measurement.stream ? 'stream' : 'json')),
  );
  const results = await measure(servers, measurement);
  for (const server of servers) server.stop();
  report(measurement.title, results);
}

async function measure(servers: readonly ServerProcess[], { stream, times }: Measurement) {
  const body = bodyOf({ stream });
  const samples = new Map(servers.map(({ name }) => [name, [] as number[]]));
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const server of servers) {
      const before = await server.cpuMicros();
      await server.load(body, times);
      const spent = (await server.cpuMicros()) - before;
      if (round >= 0) samples.get(server.name)?.push(spent / times);
    }
  }
  return new Map([...samples].map(([name, values]) => [name, median(values)]));
}

function report(title: string, results: ReadonlyMap<string, number>): void {
  record({
    what: `a mock's answer: ${title}`,
    unit: 'µs of CPU per request in the server',
    ours: 'aoai',
    values: Object.fromEntries(results),
    atMost: { aimock: 1 },
  });
}
