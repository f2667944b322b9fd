import { serverProcess } from './server-process.ts';
import { bodyOf } from './workload.ts';

// The memory of the mock after many requests: it must not depend on their number.

const server = await serverProcess('aoai', 'json');
const body = bodyOf({ stream: false });
const megabytes = async () => (await server.heapBytes()) / 1024 / 1024;

await server.load(body, 10_000);
const start = await megabytes();
console.log(`kept after  10,000 requests: ${start.toFixed(1)} MiB`);
for (let round = 1; round <= 4; round += 1) {
  await server.load(body, 25_000);
  console.log(
    `kept after ${String(10 + round * 25).padStart(3)},000 requests: ${(await megabytes()).toFixed(1)} MiB`,
  );
}
const grown = (await megabytes()) - start;
server.stop();
console.log(`grown by ${grown.toFixed(1)} MiB over 100,000 requests`);
