/** The answer of a provisioned deployment, as far as spillover is concerned. */
export interface SpilloverTrigger {
  readonly status: number;
  /** `error.code` of the answer. */
  readonly code?: string | null;
}

/** The deployments that a request may spill over to. */
export interface SpilloverTargets {
  /** The property `spilloverDeploymentName` of the deployment, which wins. */
  readonly property?: string | undefined;
  /** The request header `x-ms-spillover-deployment`. */
  readonly header?: string | undefined;
}

/**
 * The standard deployment that takes over from a provisioned one, or `undefined` when the answer stands.
 * Spillover answers 429, 500, 503 and a prompt that is too long (docs/wire/headers.md#5.4).
 */
export function spilloverTarget(
  trigger: SpilloverTrigger,
  { property, header }: SpilloverTargets,
): string | undefined {
  const triggers =
    [429, 500, 503].includes(trigger.status) ||
    (trigger.status === 400 && trigger.code === 'context_length_exceeded');
  return triggers ? (property ?? header) : undefined;
}

/** The headers of an answer that the standard deployment gave. */
export function spilledOverHeaders(from: string, servedBy: string): Record<string, string> {
  return {
    'x-ms-deployment-name': servedBy,
    'x-ms-is-spilled-over': 'true',
    'x-ms-spillover-from-deployment': from,
  };
}

/** The headers of the provisioned deployment's own answer after the standard deployment has failed as well. */
export function spilloverFailedHeaders(code: string): Record<string, string> {
  return { 'x-ms-spillover-error': code };
}
