/** What one provisioned throughput unit buys. */
export interface Throughput {
  /** Input tokens a minute. */
  readonly inputTpm: number;
  /** How many input tokens an output token counts for. */
  readonly outputWeight: number;
}

/** What is assumed of a model that Microsoft does not list: the row of gpt-5.4, the newest that it does. */
export const usualThroughput: Throughput = { inputTpm: 2_400, outputWeight: 6 };
