// Run before packing: the published package carries the samples that `aoai new` copies out.
import { rm } from 'node:fs/promises';
import { packSamples } from './src/new/samples.ts';

await rm(new URL('samples', import.meta.url), { recursive: true, force: true });
await packSamples();
