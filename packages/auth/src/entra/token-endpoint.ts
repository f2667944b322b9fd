/** What is done to every request to a token endpoint: a step of the pipeline of Azure's libraries. */
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
  /** @throws Error while the endpoint wants to be left alone. */
  throwIfThrottled: () => void;
}

/** So long a request may be held up by a hint; a longer one is passed on to whoever waits. */
const longestHoldUpMs = 2_000;

/**
 * Keeps the manners of a token endpoint. Azure's pipeline has no time limit, so that an endpoint that hangs would hold its
 * socket for ever; and it sleeps for as long as `retry-after` says, while callers wait.
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
    if (leftMs > 0)
      throw new Error(`the token endpoint wants to be left alone for ${Math.ceil(leftMs / 1000)} s`);
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

/** How long the endpoint asks to be left alone: `retry-after` in seconds or as a date, or in milliseconds by its other names. */
function hintOf({ status, headers }: EndpointResponse, nowMs: number): number {
  if (status !== 429 && status !== 503) return 0;
  const ms = Number(headers.get('retry-after-ms') ?? headers.get('x-ms-retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(ms)) return ms;
  const after = headers.get('retry-after') ?? '';
  const hintMs = /^\s*\d+\s*$/.test(after) ? Number(after) * 1000 : Date.parse(after) - nowMs;
  return Number.isFinite(hintMs) ? hintMs : 0;
}
