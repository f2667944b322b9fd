/** A step of the pipeline of Azure's libraries, for every request to a token endpoint. */
export interface TokenEndpointPolicy {
  readonly name: string;
  sendRequest<Request extends { timeout: number }, Response extends EndpointResponse>(
    request: Request,
    next: (request: Request) => Promise<Response>,
  ): Promise<Response>;
}

interface EndpointResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | undefined };
}

export interface TokenEndpoint {
  readonly policy: TokenEndpointPolicy;
  /** @throws Error with the code `TOKEN_ENDPOINT_THROTTLED` until the time that `retry-after` names. */
  throwIfThrottled: () => void;
}

/** The longest `retry-after` that is waited for here; a longer one becomes an error for the caller. */
const longestHoldUpMs = 2_000;

/**
 * Adds two things to the pipeline of Azure's libraries: a time limit, without which an endpoint that hangs would hold
 * its socket for ever, and an error instead of a sleep as long as `retry-after` says.
 */
export function tokenEndpoint({
  timeoutMs,
  now = Date.now,
}: {
  readonly timeoutMs: number;
  readonly now?: () => number;
}): TokenEndpoint {
  let untilMs = Number.NEGATIVE_INFINITY;

  function throwIfThrottled(): void {
    const leftMs = untilMs - now();
    if (leftMs <= 0) return;
    const error = new Error(`the token endpoint asks for a pause of ${Math.ceil(leftMs / 1000)} s`);
    throw Object.assign(error, { code: 'TOKEN_ENDPOINT_THROTTLED' });
  }

  return {
    throwIfThrottled,
    policy: {
      name: 'aoaiTokenEndpoint',
      async sendRequest(request, next) {
        if (request.timeout === 0) request.timeout = timeoutMs;
        const response = await next(request);
        const hintMs = hintOf(response, now());
        if (hintMs > longestHoldUpMs) {
          untilMs = now() + hintMs;
          throwIfThrottled();
        }
        return response;
      },
    },
  };
}

/** The pause that the endpoint asks for: `retry-after` in seconds or as a date, or in milliseconds by its other names. */
function hintOf({ status, headers }: EndpointResponse, nowMs: number): number {
  if (status !== 429 && status !== 503) return 0;
  const ms = Number(headers.get('retry-after-ms') ?? headers.get('x-ms-retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(ms)) return ms;
  const after = headers.get('retry-after') ?? '';
  const hintMs = /^\s*\d+\s*$/.test(after) ? Number(after) * 1000 : Date.parse(after) - nowMs;
  return Number.isFinite(hintMs) ? hintMs : 0;
}
