import { jsonText, type JsonResponse } from './wire-response.ts';

// Azure has four ways to write an error (docs/wire/authentication.md#3.1 and docs/wire/errors.md#4.1). Every error of
// the mock is made here.

type Options = Partial<Omit<JsonResponse, 'kind' | 'text' | 'status'>>;

/** The gateway's own shape, with no `error` around it. */
export function bareError(status: number, members: Readonly<Record<string, unknown>>): JsonResponse {
  const pairs = Object.entries({ statusCode: status, ...members });
  const text = pairs.map(([name, value]) => `"${name}": ${JSON.stringify(value)}`).join(', ');
  return jsonText(`{ ${text} }`, { status, origin: 'gateway' });
}

/** The gateway's `{"error":{"code","message"}}`. `spaced` puts a space before the message, as some of its parts do. */
export function gatewayError(
  status: number,
  error: { readonly code: string; readonly message: string; readonly spaced?: boolean },
  options: Options = {},
): JsonResponse {
  const gap = error.spaced === true ? ' ' : '';
  const text = `{"error":{"code":${JSON.stringify(error.code)},"message":${gap}${JSON.stringify(error.message)}}}`;
  return jsonText(text, { origin: 'gateway', ...options, status });
}

/** An error of the model's own server, in OpenAI's shape. */
export interface ModelError {
  readonly message: string;
  readonly type: string | null;
  readonly param: string | null;
  readonly code: string | null;
  readonly [extra: string]: unknown;
}

/** OpenAI's `{"error":{"message","type","param","code"}}`. */
export function modelError(status: number, error: ModelError, options: Options = {}): JsonResponse {
  return jsonText(JSON.stringify({ error }), { ...options, status });
}

/** The authoring service's `{"error":{"code","message","target",…}}` (files, batches, fine-tuning). */
export function authoringError(
  status: number,
  error: { readonly code: string; readonly message: string; readonly [extra: string]: unknown },
  options: Options = {},
): JsonResponse {
  return jsonText(JSON.stringify({ error }), { ...options, status });
}

/** 400 of the model's server about one parameter. */
export function invalidRequest(
  message: string,
  { param = null, code = null }: { readonly param?: string | null; readonly code?: string | null } = {},
): JsonResponse {
  return modelError(400, { message, type: 'invalid_request_error', param, code });
}

/** 500 of the model's server. `cause` tells the author of a test what went wrong inside the mock. */
export function serverFailure(requestId: string, cause?: string): JsonResponse {
  const message = `The server had an error while processing your request. Sorry about that! You can retry your request, or contact us through an Azure support request at: https://go.microsoft.com/fwlink/?linkid=2213926 if the error persists. (Please include the request ID ${requestId} in your message.)`;
  const inner = cause === undefined ? {} : { innererror: { code: 'MockFailure', message: cause } };
  return modelError(500, { message, type: 'server_error', param: null, code: null, ...inner });
}

/** 400 for an operation that a model does not have. */
export function operationNotSupported(operation: string, model: string): JsonResponse {
  const message = `The ${operation} operation does not work with the specified model, ${model}. Please choose different model and try again. You can learn more about which models can be used with each operation here: https://go.microsoft.com/fwlink/?linkid=2197993.`;
  return gatewayError(400, { code: 'OperationNotSupported', message });
}

/** 404 for an unknown path, and for a missing or unknown api-version. */
export function resourceNotFound(): JsonResponse {
  return gatewayError(404, { code: '404', message: 'Resource not found', spaced: true });
}
