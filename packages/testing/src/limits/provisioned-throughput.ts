import { catalog, entryOf, usualThroughput, type Throughput } from '@aoai/config';

/** What one provisioned throughput unit buys of `model`. */
export function provisionedThroughput(model: string): Throughput {
  return entryOf(catalog.models, model)?.perPtu ?? usualThroughput;
}
