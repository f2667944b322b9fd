import {
  bareError,
  gatewayError,
  modelError,
  operationNotSupported,
  resourceNotFound,
} from '../service/envelopes.ts';
import type { DeploymentRequest, OperationRequest } from '../service/operation.ts';
import { bytes, type WireResponse } from '../service/wire-response.ts';
import type { Fault } from './fault.ts';

/** 500 of the model's server, or of the gateway, whose body has no `error` around it. */
export function serverError({ from = 'model' }: { readonly from?: 'model' | 'gateway' } = {}): Fault {
  const respond = ({ id }: OperationRequest): WireResponse =>
    from === 'gateway'
      ? bareError(500, { message: 'Internal server error', activityId: id })
      : modelError(500, {
          message: `The server had an error while processing your request. Sorry about that! You can retry your request, or contact us through an Azure support request at: https://go.microsoft.com/fwlink/?linkid=2213926 if the error persists. (Please include the request ID ${id} in your message.)`,
          type: 'server_error',
          param: null,
          code: null,
        });
  return { name: 'serverError', intervention: (request) => ({ response: respond(request) }) };
}

/** 503: no instance of the model is up. The text is the only one that was reported. */
export function unavailable({ retryAfterMs }: { readonly retryAfterMs?: number } = {}): Fault {
  const headers: Record<string, string> =
    retryAfterMs === undefined
      ? {}
      : { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)), 'retry-after-ms': String(retryAfterMs) };
  const response = bytes(Buffer.from('no healthy upstream'), 'text/plain', { status: 503, headers });
  return { name: 'unavailable', intervention: () => ({ response }) };
}

/** 408: the service gave up on the request (langgenius/dify-official-plugins#2199). */
export function operationTimeout(): Fault {
  return fixed(
    'operationTimeout',
    gatewayError(408, { code: 'Timeout', message: 'The operation was timeout.' }),
  );
}

/** 400: the prompt does not fit into the model. */
export function contextLengthExceeded(): Fault {
  const message =
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 10383 tokens. Please reduce the length of the messages.";
  return fixed(
    'contextLengthExceeded',
    modelError(400, {
      message,
      type: 'invalid_request_error',
      param: 'messages',
      code: 'context_length_exceeded',
    }),
  );
}

/** 404: the deployment does not exist, or not yet. */
export function deploymentNotFound(): Fault {
  const message =
    'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.';
  const code = 'DeploymentNotFound';
  return {
    name: 'deploymentNotFound',
    intervention: ({ surface }) => ({
      response:
        surface === 'dated'
          ? gatewayError(404, { code, message, spaced: true })
          : modelError(404, { message, type: 'invalid_request_error', param: null, code }),
    }),
  };
}

/** 404: the region does not offer the operation (responsibleai/ASSERT#129; its status is assumed). */
export function notInRegion(): Fault {
  const message = 'Responses API is not enabled in this region';
  return fixed('notInRegion', gatewayError(404, { code: 'NotFound', message }));
}

export interface ModelRetiredOptions {
  /** Both were seen: 404 “Resource not found” (BerriAI/litellm#11116), 400 `OperationNotSupported` (#11505). @default 404 */
  readonly status?: 404 | 400;
}

/** The model of the deployment is retired. The answer does not say so. */
export function modelRetired({ status = 404 }: ModelRetiredOptions = {}): Fault {
  if (![404, 400].includes(status))
    throw new RangeError(
      `Cannot script a retired model: \`status\` is ${JSON.stringify(status)}. Give 404 or 400.`,
    );
  const respond = (request: OperationRequest): WireResponse =>
    status === 404 ? resourceNotFound() : operationNotSupported('chatCompletion', modelOf(request));
  return { name: 'modelRetired', intervention: (request) => ({ response: respond(request) }) };
}

function modelOf(request: OperationRequest): string {
  const { deployment } = request as Partial<DeploymentRequest>;
  return deployment?.model ?? 'gpt-35-turbo';
}

/** 424: the model behind the gateway failed, and a header says with which status (langchain-ai/langchain#26815). */
export function failedDependency({ status = 429 }: { readonly status?: number } = {}): Fault {
  const message = `The model failed with status ${status}.`;
  const response = modelError(
    424,
    { message, type: null, param: null, code: null },
    {
      headers: {
        'ms-azureml-model-error-reason': 'model_error',
        'ms-azureml-model-error-statuscode': String(status),
      },
    },
  );
  return fixed('failedDependency', response);
}

function fixed(name: string, response: WireResponse): Fault {
  return { name, intervention: () => ({ response }) };
}
