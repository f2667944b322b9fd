import type { Table } from './table.ts';

/** Something that a request may use and that not every api-version has. */
export type ApiFeature =
  | 'audio-output'
  | 'background'
  | 'batch'
  | 'computer-use'
  | 'encrypted-reasoning'
  | 'evals'
  | 'gpt-image'
  | 'large-uploads'
  | 'logprobs'
  | 'max-completion-tokens'
  | 'mcp'
  | 'on-your-data'
  | 'parallel-tool-calls'
  | 'predicted-output'
  | 'reasoning-effort'
  | 'reasoning-summary'
  | 'responses'
  | 'store'
  | 'stored-completions'
  | 'stream-usage'
  | 'structured-outputs'
  | 'timestamp-granularities'
  | 'user-security-context'
  | 'video';

/** A surface of the service: `v1` or a dated api-version. */
export interface ApiVersion {
  readonly stage: 'ga' | 'preview';
  /** Day it was retired, when one was published. */
  readonly retired?: string;
  /** What can be used with it. */
  readonly features: readonly ApiFeature[];
}

const from202404 = ['on-your-data', 'timestamp-granularities'] as const;
const from202405 = [...from202404, 'logprobs'] as const;
const from202407 = [...from202405, 'batch'] as const;
const from202408 = [...from202407, 'structured-outputs', 'large-uploads'] as const;
const from202409 = [...from202408, 'max-completion-tokens', 'parallel-tool-calls', 'stream-usage'] as const;
const from202412 = [...from202409, 'store', 'reasoning-effort', 'user-security-context'] as const;
const from202501 = [...from202412, 'predicted-output', 'audio-output'] as const;
const from202502 = [...from202501, 'stored-completions'] as const;
const from202503 = [...from202502, 'responses', 'computer-use'] as const;
const from202504 = [...from202503, 'gpt-image', 'reasoning-summary', 'evals'] as const;

const onYourData = ['on-your-data'] as const;

const preview = (features: readonly ApiFeature[]): ApiVersion => ({ stage: 'preview', features });
const retired202407 = (features: readonly ApiFeature[]): ApiVersion => ({
  stage: 'preview',
  retired: '2024-07-01',
  features,
});

/**
 * Every surface that was ever published. The last dated version is `2025-04-01-preview`; `v1` changes without a version.
 * A feature is listed from the version in which it arrived. About `stream_options` in `2024-10-21` the published
 * copies of the spec disagree; it is listed, so that `lint` does not warn about something that works.
 */
export const apiVersions: Table<string, ApiVersion> = {
  asOf: '2026-11-22',
  source:
    'MicrosoftDocs/azure-ai-docs api-version-lifecycle-content.md (2026-03-19), api-version-deprecation; Azure/azure-rest-api-specs inference files',
  entries: {
    '2022-03-01-preview': preview([]),
    '2022-06-01-preview': preview([]),
    '2022-12-01': { stage: 'ga', features: [] },
    '2023-03-15-preview': retired202407([]),
    '2023-05-15': { stage: 'ga', features: [] },
    '2023-06-01-preview': preview(onYourData),
    '2023-07-01-preview': retired202407(onYourData),
    '2023-08-01-preview': retired202407(onYourData),
    '2023-09-01-preview': retired202407(onYourData),
    '2023-10-01-preview': preview(onYourData),
    '2023-12-01-preview': retired202407(onYourData),
    '2024-02-01': { stage: 'ga', features: onYourData },
    '2024-02-15-preview': preview(onYourData),
    '2024-03-01-preview': preview(onYourData),
    '2024-04-01-preview': preview(from202404),
    '2024-05-01-preview': preview(from202405),
    '2024-06-01': { stage: 'ga', features: from202405 },
    '2024-07-01-preview': preview(from202407),
    '2024-08-01-preview': preview(from202408),
    '2024-09-01-preview': preview(from202409),
    '2024-10-01-preview': preview(from202409),
    '2024-10-21': {
      stage: 'ga',
      features: from202409,
    },
    '2024-12-01-preview': preview(from202412),
    '2025-01-01-preview': preview(from202501),
    '2025-02-01-preview': preview(from202502),
    '2025-03-01-preview': preview(from202503),
    '2025-04-01-preview': preview(from202504),
    v1: {
      stage: 'ga',
      features: [...from202504, 'background', 'encrypted-reasoning', 'mcp', 'video'],
    },
  },
};
