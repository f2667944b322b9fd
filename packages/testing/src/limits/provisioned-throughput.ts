import { catalog, entryOf } from '@aoai/config';

/** What one provisioned throughput unit buys. */
export interface ProvisionedThroughput {
  readonly inputTpm: number;
  /** How many input tokens an output token counts for. */
  readonly outputWeight: number;
}

/** The throughput of a unit for `model`; that of gpt-4.1 for a model that Microsoft does not list. */
export function provisionedThroughput(model: string): ProvisionedThroughput {
  return entryOf(catalog.models, model)?.perPtu ?? { inputTpm: 3_000, outputWeight: 4 };
}
