import { chat, model, reasoning, type Model } from './model.ts';
import type { Table } from './table.ts';

const both = ['chat-completions', 'responses'] as const;
const responsesOnly = ['responses'] as const;
const oSeries = ['low', 'medium', 'high'] as const;
const from5 = ['minimal', 'low', 'medium', 'high'] as const;
const from51 = ['none', 'low', 'medium', 'high'] as const;
const from52 = ['none', 'low', 'medium', 'high', 'xhigh'] as const;
const from56 = [...from52, 'max'] as const;

const window128k = { window: 128_000, input: 111_616, output: 16_384 };
const window200k = { window: 200_000, input: 200_000, output: 100_000 };
const window400k = { window: 400_000, input: 272_000, output: 128_000 };
const window1m = { window: 1_050_000, input: 922_000, output: 128_000 };

const proRegions = ['eastus2', 'southcentralus', 'polandcentral', 'swedencentral'];
const imageRegions = ['eastus2', 'westus3', 'polandcentral', 'swedencentral', 'uaenorth'];
const audioRegions = ['centralus', 'eastus2', 'swedencentral'];
const speechRegions = [
  'canadacentral',
  'centralus',
  'eastus2',
  'francecentral',
  'swedencentral',
  'southindia',
];

/**
 * Models of Azure OpenAI. A model or version that is not here may well exist: that is a warning, never an error.
 * Retirement days are those of July 2026. Some were moved later: in September the Management API gave 2027-04-14 for
 * gpt-4o-mini, which the schedule ends on 2026-10-01. `aoai doctor` asks the Management API.
 */
export const models: Table<string, Model> = {
  asOf: '2026-07-07',
  source:
    'MicrosoftDocs/azure-ai-docs: model-retirement-schedule (2026-07-07), retired-models (2026-04-23), deployments-standard (2026-06-11), models-sold-directly-by-azure (2026-06-11), how-to/reasoning.md, provisioned-throughput.md. gpt-5.6 and gpt-6: recordings, third parties, and answers of the Management API that users published (2026-09-11)',
  entries: {
    'gpt-6.1-sol': reasoning(from56, { context: window1m, unconfirmed: true }, '2026-09-29'),
    'gpt-6-astra': reasoning(from56, { context: window1m, unconfirmed: true }, '2026-09-03'),
    'gpt-6-sol': reasoning(from56, { context: window1m, unconfirmed: true }, '2026-09-22'),
    'gpt-6-luna': reasoning(from56, { context: window1m, unconfirmed: true }, '2026-09-22'),
    'gpt-5.6-sol': reasoning(from56, { context: window1m, unconfirmed: true }, '2026-07-09 2028-01-11'),
    'gpt-5.6-terra': reasoning(from56, { context: window1m, unconfirmed: true }, '2026-07-09 2028-01-11'),
    'gpt-5.6-luna': reasoning(from56, { context: window1m, unconfirmed: true }, '2026-07-09 2028-01-11'),
    'gpt-5.5': reasoning(from52, { context: window1m }, '2026-04-24 2027-04-23'),
    'gpt-5.4': reasoning(
      from52,
      { context: window1m, perPtu: { inputTpm: 2400, outputWeight: 6 } },
      '2026-03-05 2027-03-05',
    ),
    'gpt-5.4-pro': reasoning(
      from52,
      { regions: proRegions, context: window1m, operations: responsesOnly },
      '2026-03-05 2027-03-06',
    ),
    'gpt-5.4-mini': reasoning(from52, { context: window400k }, '2026-03-17 2027-03-18'),
    'gpt-5.4-nano': reasoning(from52, { context: window400k }, '2026-03-17 2027-03-18'),
    'gpt-5.3-codex': reasoning(
      from52,
      { context: window400k, operations: responsesOnly, perPtu: { inputTpm: 3400, outputWeight: 8 } },
      '2026-02-24 2027-02-25',
    ),
    'gpt-5.3-chat': chat({ context: window128k, replacement: 'gpt-5.5' }, '2026-03-03 2026-06-29 preview'),
    'gpt-5.2': reasoning(
      from52,
      { context: window400k, perPtu: { inputTpm: 3400, outputWeight: 8 }, replacement: 'gpt-5.4' },
      '2025-12-11 2026-12-12',
    ),
    'gpt-5.2-codex': reasoning(
      from52,
      { context: window400k, operations: responsesOnly, replacement: 'gpt-5.3-codex' },
      '2026-01-14 2027-01-14',
    ),
    'gpt-5.2-chat': chat(
      { context: window128k, replacement: 'gpt-5.5' },
      '2025-12-11 2026-05-13 preview',
      '2026-02-10 2026-06-29 preview',
    ),
    'gpt-5.1': reasoning(
      from51,
      { context: window400k, perPtu: { inputTpm: 4750, outputWeight: 8 } },
      '2025-11-13 2027-05-15',
    ),
    'gpt-5.1-codex': reasoning(
      from51,
      { context: window400k, operations: responsesOnly },
      '2025-11-13 2027-05-15',
    ),
    'gpt-5.1-codex-mini': reasoning(
      from51,
      { context: window400k, operations: responsesOnly },
      '2025-11-13 2027-05-15',
    ),
    'gpt-5.1-codex-max': reasoning(
      from52,
      {
        regions: ['eastus2', 'swedencentral'],
        context: window400k,
        operations: responsesOnly,
        replacement: 'gpt-5.3-codex',
      },
      '2025-12-04 2026-12-05',
    ),
    'gpt-5.1-chat': chat({ context: window128k, replacement: 'gpt-5.5' }, '2025-11-13 2026-06-29 preview'),
    'gpt-5': reasoning(
      from5,
      { context: window400k, perPtu: { inputTpm: 4750, outputWeight: 8 }, replacement: 'gpt-5.4' },
      '2025-08-07 2027-02-06',
    ),
    'gpt-5-mini': reasoning(
      from5,
      { context: window400k, perPtu: { inputTpm: 23_750, outputWeight: 8 }, replacement: 'gpt-5.4-mini' },
      '2025-08-07 2027-02-06',
    ),
    'gpt-5-nano': reasoning(
      from5,
      { context: window400k, replacement: 'gpt-5.4-nano' },
      '2025-08-07 2027-02-06',
    ),
    'gpt-5-pro': reasoning(
      ['high'],
      { context: window400k, operations: responsesOnly },
      '2025-10-06 2027-04-07',
    ),
    'gpt-5-codex': reasoning(
      oSeries,
      { context: window400k, operations: responsesOnly, replacement: 'gpt-5.1-codex' },
      '2025-09-15 2027-03-17',
    ),
    'gpt-5-chat': chat(
      { context: window128k, replacement: 'gpt-5.5' },
      '2025-08-07 2026-06-29 preview',
      '2025-10-03 2026-05-13 preview',
    ),
    'gpt-chat-latest': chat(
      {
        regions: ['eastus2', 'southcentralus', 'westus3', 'polandcentral', 'swedencentral'],
        context: window128k,
        replacement: 'gpt-5.5',
      },
      '2026-05-05 2026-11-05 preview',
      '2026-05-28 - preview',
    ),
    'gpt-4.1': chat(
      {
        context: { window: 1_047_576, input: 300_000, output: 32_768 },
        perPtu: { inputTpm: 3000, outputWeight: 4 },
        replacement: 'gpt-5.1',
      },
      '2025-04-14 2026-10-14',
    ),
    'gpt-4.1-mini': chat(
      {
        context: { window: 1_047_576, input: 300_000, output: 32_768 },
        perPtu: { inputTpm: 14_900, outputWeight: 4 },
        replacement: 'gpt-5-mini',
      },
      '2025-04-14 2026-10-14',
    ),
    'gpt-4.1-nano': chat(
      {
        context: { window: 1_047_576, input: 300_000, output: 32_768 },
        perPtu: { inputTpm: 59_400, outputWeight: 4 },
        replacement: 'gpt-5-nano',
      },
      '2025-04-14 2026-10-14',
    ),
    'gpt-4o': chat(
      {
        context: { window: 128_000, input: 128_000, output: 16_384 },
        perPtu: { inputTpm: 2500, outputWeight: 4 },
        replacement: 'gpt-5.1',
      },
      '2024-05-13 2026-10-01',
      '2024-08-06 2026-10-01',
      '2024-11-20 2026-10-01',
    ),
    'gpt-4o-mini': chat(
      {
        context: { window: 128_000, input: 128_000, output: 16_384 },
        perPtu: { inputTpm: 37_000, outputWeight: 4 },
        replacement: 'gpt-5-mini',
      },
      '2024-07-18 2026-10-01',
    ),
    'gpt-4.5-preview': chat({ replacement: 'gpt-5.1' }, '2025-02-27 2025-07-14 preview'),
    'gpt-4': chat({ replacement: 'gpt-5.1' }, '0314 2025-06-06', '0613 2025-06-06'),
    'gpt-4-32k': chat({ replacement: 'gpt-5.1' }, '0314 2025-06-06', '0613 2025-06-06'),
    'gpt-35-turbo': chat(
      { replacement: 'gpt-5-mini' },
      '0301 2025-02-13',
      '0613 2025-02-13',
      '1106 2025-07-16',
      '0125 2025-07-16',
    ),
    'gpt-35-turbo-16k': chat({ replacement: 'gpt-5-mini' }, '0613 2025-04-30'),
    o1: reasoning(oSeries, { context: window200k, replacement: 'gpt-5.1' }, '2024-12-17 2026-09-16'),
    'o1-pro': reasoning(
      oSeries,
      { context: window200k, operations: responsesOnly, replacement: 'gpt-5-pro' },
      '2025-03-19 2026-09-18',
    ),
    'o1-preview': reasoning(oSeries, { replacement: 'gpt-5.1' }, '2024-09-12 2025-07-28 preview'),
    o3: reasoning(
      oSeries,
      { context: window200k, perPtu: { inputTpm: 3000, outputWeight: 4 }, replacement: 'gpt-5.1' },
      '2025-04-16 2026-10-16',
    ),
    'o3-pro': reasoning(
      oSeries,
      { regions: audioRegions, context: window200k, operations: responsesOnly, replacement: 'gpt-5-pro' },
      '2025-06-10 2026-12-10',
    ),
    'o3-mini': reasoning(
      oSeries,
      { context: window200k, replacement: 'gpt-5-mini' },
      '2025-01-31 2026-10-01',
    ),
    'o3-deep-research': reasoning(
      oSeries,
      { regions: ['westus', 'norwayeast'], operations: responsesOnly },
      '2025-06-26 2026-12-26',
    ),
    'o4-mini': reasoning(
      oSeries,
      { context: window200k, perPtu: { inputTpm: 5400, outputWeight: 4 }, replacement: 'gpt-5-mini' },
      '2025-04-16 2026-10-16',
    ),
    'codex-mini': reasoning(
      oSeries,
      { regions: audioRegions, context: window200k, operations: responsesOnly, replacement: 'gpt-5.3-codex' },
      '2025-05-16 2026-11-15',
    ),
    'computer-use-preview': chat(
      { regions: ['eastus2', 'swedencentral', 'southindia'], operations: responsesOnly },
      '2025-02-11 - preview',
      '2025-03-11 - preview',
    ),
    'gpt-oss-120b': reasoning(
      oSeries,
      { context: { window: 131_072, input: 131_072, output: 131_072 } },
      '1',
    ),
    'model-router': model(
      'router',
      { regions: ['eastus2', 'westus3', 'swedencentral', 'australiaeast', 'southindia'], operations: both },
      '2025-05-19 2026-08-30 preview',
      '2025-08-07 2026-08-30 preview',
      '2025-11-18 2027-05-20',
    ),
    'text-embedding-3-large': model('embedding', { dimensions: 3072 }, '1 2027-04-15'),
    'text-embedding-3-small': model('embedding', { dimensions: 1536 }, '1 2027-04-15'),
    'text-embedding-ada-002': model(
      'embedding',
      { dimensions: 1536, replacement: 'text-embedding-3-small' },
      '1 2027-04-15',
      '2 2027-04-15',
    ),
    'gpt-image-2': model('image', { regions: imageRegions }, '2026-04-21 2027-04-21'),
    'gpt-image-1.5': model(
      'image',
      { regions: imageRegions, replacement: 'gpt-image-2' },
      '2025-12-16 2026-12-16',
    ),
    'gpt-image-1-mini': model(
      'image',
      { regions: imageRegions, replacement: 'gpt-image-2' },
      '2025-10-06 2027-04-07',
    ),
    'gpt-image-1': model(
      'image',
      { regions: imageRegions, replacement: 'gpt-image-2' },
      '2025-04-15 2026-10-23 preview',
    ),
    'dall-e-2': model('image', { replacement: 'gpt-image-2' }, '2.0 2025-01-27'),
    'sora-2': model(
      'video',
      { regions: ['eastus2', 'swedencentral'] },
      '2025-10-06 2026-07-15 preview',
      '2025-12-08 2026-09-15 preview',
    ),
    'gpt-audio-1.5': model('audio', { regions: audioRegions }, '2026-02-23 2027-02-23'),
    'gpt-audio': model('audio', { regions: audioRegions }, '2025-08-28 2027-02-28'),
    'gpt-audio-mini': model(
      'audio',
      { regions: audioRegions, replacement: 'gpt-audio-1.5' },
      '2025-10-06 2026-09-21',
      '2025-12-15 2026-12-15',
    ),
    'gpt-realtime-2.1': model('realtime', { regions: speechRegions }, '2026-07-07 2027-06-25'),
    'gpt-realtime-2.1-mini': model('realtime', { regions: speechRegions }, '2026-07-07 2027-06-25'),
    'gpt-realtime-2': model('realtime', { regions: speechRegions }, '2026-05-06 2027-05-06'),
    'gpt-realtime-1.5': model(
      'realtime',
      { regions: speechRegions, replacement: 'gpt-realtime-2.1' },
      '2026-02-23 2027-02-23',
    ),
    'gpt-realtime': model(
      'realtime',
      { regions: speechRegions, replacement: 'gpt-realtime-2.1' },
      '2025-08-28 2027-02-28',
    ),
    'gpt-realtime-mini': model(
      'realtime',
      { regions: speechRegions, replacement: 'gpt-realtime-2.1-mini' },
      '2025-10-06 2026-07-23',
      '2025-12-15 2026-12-15',
    ),
    'gpt-4o-realtime-preview': model(
      'realtime',
      { replacement: 'gpt-realtime-2.1' },
      '2024-10-01 2025-03-26 preview',
      '2024-12-17 - preview',
    ),
    'gpt-4o-transcribe': model('transcription', { regions: speechRegions }, '2025-03-20 2026-10-15'),
    'gpt-4o-transcribe-diarize': model('transcription', { regions: speechRegions }, '2025-10-15 2026-10-15'),
    'gpt-4o-mini-transcribe': model(
      'transcription',
      { regions: speechRegions },
      '2025-03-20 2026-10-15',
      '2025-12-15 2026-12-15',
    ),
    whisper: model('transcription', { replacement: 'gpt-4o-mini-transcribe' }, '001 2026-12-15'),
    'gpt-4o-mini-tts': model(
      'speech',
      { regions: ['eastus2'] },
      '2025-03-20 2026-10-15 preview',
      '2025-12-15 2026-12-15',
    ),
    tts: model('speech', {}, '001 2026-12-15 preview'),
    'tts-hd': model('speech', {}, '001 2026-12-15'),
  },
};
