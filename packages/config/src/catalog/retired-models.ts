import type { Table } from './table.ts';

/** A model that was removed from the table of models. */
export interface RetiredModel {
  readonly retired: string;
  /** A model of the catalog, which may be retiring itself. */
  readonly replacement: string;
}

function completions(...names: readonly string[]): Readonly<Record<string, RetiredModel>> {
  return Object.fromEntries(
    names.map((name) => [name, { retired: '2024-06-14', replacement: 'gpt-4o-mini' }]),
  );
}

/** Retired models that configs still name. */
export const retiredModels: Table<string, RetiredModel> = {
  asOf: '2026-04-23',
  source: 'MicrosoftDocs/azure-ai-docs: retired-models (2026-04-23), model-retirements (2025-06)',
  entries: {
    'o1-mini': { retired: '2025-10-27', replacement: 'o4-mini' },
    ...completions(
      'ada',
      'babbage',
      'curie',
      'davinci',
      'text-ada-001',
      'text-babbage-001',
      'text-curie-001',
      'text-davinci-001',
      'text-davinci-002',
      'text-davinci-003',
      'code-cushman-001',
      'code-davinci-002',
      'text-davinci-fine-tune-002',
    ),
  },
};
