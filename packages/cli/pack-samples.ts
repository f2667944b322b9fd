// Run before and after packing: the published package carries the samples that `aoai new` copies out.
import { rm } from 'node:fs/promises';
import { packSamples } from './src/new/samples.ts';

await rm(new URL('samples', import.meta.url), { recursive: true, force: true });
if (process.argv[2] !== '--clean') await packSamples();
