import type { Table } from './table.ts';

/** How media in a prompt are counted. */
export type MediaFact =
  | 'tokensPerImage'
  | 'tokensPerDetailedImage'
  | 'tokensPerSecondOfAudio'
  | 'bytesPerSecondOfAudio'
  | 'bytesPerSecondOfWave'
  | 'tokensPerPage'
  | 'bytesPerPage'
  | 'mostTokensPerAudio'
  | 'mostPagesPerFile';

/**
 * What media in a prompt cost, for estimates before a call: the service counts pictures, seconds and pages, not
 * bytes. How many bytes a page or a second has is a rule of thumb; the usage in the answer is exact.
 */
export const media: Table<MediaFact, number> = {
  asOf: '2026-11-29',
  source:
    'learn.microsoft.com/azure/foundry/openai/overview#image-tokens (85 for low detail, 85 and 170 for each of four tiles for 1024 × 1024 in detail); platform.openai.com/docs/guides/realtime-costs (a token for 100 ms of sound). Bytes: MP3 at 128 kbit/s, 16 bit PCM at 24 kHz, and a page of a PDF with a picture',
  entries: {
    tokensPerImage: 85,
    tokensPerDetailedImage: 765,
    tokensPerSecondOfAudio: 10,
    bytesPerSecondOfAudio: 16_000,
    bytesPerSecondOfWave: 48_000,
    tokensPerPage: 850,
    bytesPerPage: 100_000,
    mostTokensPerAudio: 6_000,
    mostPagesPerFile: 20,
  },
};
