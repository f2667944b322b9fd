import { catalog, entryOf, usualThroughput, type Throughput } from '@aoai/config';

/** The throughput of one provisioned unit for `model`. */
export function provisionedThroughput(model: string): Throughput {
  return entryOf(catalog.models, model)?.perPtu ?? usualThroughput;
}
