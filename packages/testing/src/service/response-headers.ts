import type { HeaderEra } from '../limits/rate-limit-headers.ts';
import type { MockDeployment } from './mock-deployment.ts';
import { headerText, type HeaderLines } from './header-lines.ts';
import type { OperationRequest } from './operation.ts';

/** Headers of every answer, errors of the gateway included. */
export function gatewayHeaders({ id, headers, dateMs }: OperationRequest): HeaderLines {
  const asked = single(headers['x-ms-client-request-id']);
  const clientId = asked === undefined ? 'Not-Set' : headerText(asked);
  return `apim-request-id: ${id}\r\nx-ms-client-request-id: ${clientId}\r\nStrict-Transport-Security: max-age=31536000; includeSubDomains; preload\r\nx-content-type-options: nosniff\r\nDate: ${httpDate(dateMs)}\r\n`;
}

/** The header that says where an answer comes from. */
export function regionHeader({ resource }: OperationRequest): HeaderLines {
  return `x-ms-region: ${resource.regionName}\r\n`;
}

/** Headers of every answer that comes from behind the gateway. */
export function serviceHeaders({ resource, random }: OperationRequest): HeaderLines {
  return `Cache-Control: no-cache, must-revalidate\r\naccess-control-allow-origin: *\r\nx-ms-region: ${resource.regionName}\r\nx-accel-buffering: no\r\nx-request-id: ${random.guid()}\r\n`;
}

/** Headers of an answer of a deployment. */
export function modelHeaders(
  request: OperationRequest,
  answer: { readonly deployment: MockDeployment; readonly isStream: boolean; readonly status: number },
): HeaderLines {
  const { deployment, isStream, status } = answer;
  const { era, random } = request;
  const service = serviceHeaders(request);
  const error =
    status >= 400 && status < 500
      ? `ms-azureml-model-error-reason: model_error\r\nms-azureml-model-error-statuscode: ${status}\r\n`
      : '';
  const model = `${service}x-ms-rai-invoked: true\r\n${error}azureml-model-session: ${sessions[era]}\r\n`;
  if (era === '2024') return model;
  const ms = 40 + Math.floor(random.next() * 400);
  const timed = `${model}x-ms-deployment-name: ${deployment.headerName}\r\nx-envoy-upstream-service-time: ${ms + 3}\r\ncmp-upstream-response-duration: ${ms + 1}\r\nx-aml-cluster: ${cluster}\r\nms-azureml-model-time: ${ms}\r\n`;
  if (era === '2025') return timed;
  return `${timed}x-ms-served-model: ${deployment.headerModel}\r\nazureai-fe-is-streaming: ${isStream ? 'True' : 'False'}\r\nazureai-fe-requested-service-tier: ${serviceTier(request)}\r\nx-ms-is-spilled-over: false\r\nazureml-served-by-cluster: ${cluster}\r\nopenai-processing-ms: ${ms - 5}\r\n`;
}

const cluster = 'hyena-mock-01';

const sessions: Readonly<Record<HeaderEra, string>> = {
  '2024': 'turbo-0301-b90147a4',
  '2025': 'd014-20250101000000',
  '2026': 'd20260620024045-7010d398',
};

function serviceTier({ body }: OperationRequest): string {
  const tier = body['service_tier'];
  return typeof tier === 'string' && /^[a-z]{1,20}$/.test(tier) ? tier : 'default';
}

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

let lastSecond = -1;
let lastDate = '';

function httpDate(atMs: number): string {
  const second = Math.floor(atMs / 1000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastDate = new Date(atMs).toUTCString();
  }
  return lastDate;
}
