/** What one provisioned throughput unit buys. */
export interface ProvisionedThroughput {
  readonly inputTpmPerPtu: number;
  /** How many input tokens an output token counts for. */
  readonly outputWeight: number;
}

// MicrosoftDocs/azure-ai-docs, concepts/provisioned-throughput.md, read 2026-11-22 (wire.md 7).
const table: Readonly<Record<string, readonly [inputTpmPerPtu: number, outputWeight: number]>> = {
  'gpt-5.4': [2_400, 6],
  'gpt-5.3-codex': [3_400, 8],
  'gpt-5.2': [3_400, 8],
  'gpt-5.1': [4_750, 8],
  'gpt-5': [4_750, 8],
  'gpt-5-mini': [23_750, 8],
  'gpt-4.1': [3_000, 4],
  'gpt-4.1-mini': [14_900, 4],
  'gpt-4.1-nano': [59_400, 4],
  o3: [3_000, 4],
  'o4-mini': [5_400, 4],
  'gpt-4o': [2_500, 4],
  'gpt-4o-mini': [37_000, 4],
};

/** The throughput of a unit for `model`; that of gpt-4.1 for a model that Microsoft does not list. */
export function provisionedThroughput(model: string): ProvisionedThroughput {
  const [inputTpmPerPtu, outputWeight] = table[model] ?? [3_000, 4];
  return { inputTpmPerPtu, outputWeight };
}
