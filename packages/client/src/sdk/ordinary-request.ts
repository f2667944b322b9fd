import type { SdkRequest } from './sdk-call.ts';
import type { RequestOptions, Seams } from './sdk-seams.ts';

/** Whether there is nothing about a request that the fast path would miss. */
export function isOrdinary(sdk: Seams, options: RequestOptions): boolean {
  if (sdk.logLevel === 'debug' || sdk.logLevel === 'info') return false;
  if (sdk.fetchOptions !== undefined || sdk.idempotencyHeader !== undefined) return false;
  if (sdk._options.defaultHeaders !== undefined || sdk._options.defaultQuery !== undefined) return false;
  for (const key of Object.keys(options)) {
    if (!isOrdinaryOption(key, options)) return false;
  }
  return options.path.startsWith('/');
}

function isOrdinaryOption(key: string, options: RequestOptions): boolean {
  switch (key) {
    case 'method':
    case 'path':
    case 'stream':
    case 'maxRetries':
    case '__security':
    case '__streamClass':
      return true;
    case 'body':
      return isPlainObject(options.body) && !('toJSON' in options.body);
    case 'signal':
      return options.signal?.aborted !== true;
    case 'timeout':
      return options.timeout === undefined || (Number.isInteger(options.timeout) && options.timeout > 0);
    case 'headers':
      return options.headers === undefined || isRecordOfStrings(options.headers);
    case '__metadata':
      return Object.keys(options.__metadata ?? {}).every(
        (name) => name === 'streamFromBody' || name === 'helperMethod',
      );
    default:
      return (options as unknown as Readonly<Record<string, unknown>>)[key] === undefined;
  }
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isRecordOfStrings(value: unknown): boolean {
  return isPlainObject(value) && Object.values(value).every((part) => typeof part === 'string');
}

/** What the SDK would give its `fetch` for an ordinary request, without the body. */
export function initOf(sdk: Seams, options: RequestOptions): SdkRequest['init'] {
  const { body, method } = options;
  const headers = {
    accept: 'application/json',
    'user-agent': sdk.getUserAgent(),
    ...(body === undefined ? undefined : { 'content-type': 'application/json' }),
    ...(options.headers as Readonly<Record<string, string>> | undefined),
  };
  return { method, headers };
}
