import { startMockAzure } from '@aoai/testing';

// How long a test waits for its mock: `startMockAzure` in process, the first time and then again.

const times: number[] = [];
for (let round = 0; round < 20; round += 1) {
  const before = performance.now();
  const azure = await startMockAzure();
  times.push(performance.now() - before);
  await azure.close();
}
const [first = 0, ...others] = times;
const median = others.toSorted((a, b) => a - b)[Math.floor(others.length / 2)] ?? 0;
console.log(`start in process: ${first.toFixed(1)} ms the first time, ${median.toFixed(1)} ms after that`);
