/** The throughput of one provisioned throughput unit. */
export interface Throughput {
  /** Input tokens a minute. */
  readonly inputTpm: number;
  /** How many input tokens an output token counts for. */
  readonly outputWeight: number;
}

/** Assumed for a model that Microsoft does not list: the values of gpt-5.4, the newest one listed. */
export const usualThroughput: Throughput = { inputTpm: 2_400, outputWeight: 6 };
