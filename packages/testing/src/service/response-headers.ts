import type { HeaderEra } from '../limits/rate-limit-headers.ts';
import type { MockDeployment } from './mock-deployment.ts';
import type { OperationRequest } from './operation.ts';

/** Names and values in turn, as `writeHead` takes them. */
export type HeaderList = string[];

/** Headers of every answer, errors of the gateway included. */
export function gatewayHeaders(request: OperationRequest): HeaderList {
  return [
    'apim-request-id',
    request.id,
    'x-ms-client-request-id',
    single(request.headers['x-ms-client-request-id']) ?? 'Not-Set',
    'Strict-Transport-Security',
    'max-age=31536000; includeSubDomains; preload',
    'x-content-type-options',
    'nosniff',
    'Date',
    httpDate(request.dateMs),
  ];
}

/** Adds the headers of every answer that comes from behind the gateway. */
export function serviceHeaders(headers: HeaderList, { resource, random }: OperationRequest): void {
  headers.push(
    'Cache-Control',
    'no-cache, must-revalidate',
    'access-control-allow-origin',
    '*',
    'x-ms-region',
    resource.regionName,
    'x-accel-buffering',
    'no',
    'x-request-id',
    random.guid(),
  );
}

/** Adds the headers of an answer of a deployment. */
export function modelHeaders(
  headers: HeaderList,
  request: OperationRequest,
  answer: { readonly deployment: MockDeployment; readonly isStream: boolean; readonly status: number },
): void {
  const { era, random } = request;
  serviceHeaders(headers, request);
  headers.push('x-ms-rai-invoked', 'true');
  if (answer.status >= 400 && answer.status < 500) {
    const status = String(answer.status);
    headers.push('ms-azureml-model-error-reason', 'model_error', 'ms-azureml-model-error-statuscode', status);
  }
  const session = sessions[era];
  headers.push('azureml-model-session', session);
  if (era === '2024') return;
  const modelMs = 40 + Math.floor(random.next() * 400);
  headers.push(
    'x-ms-deployment-name',
    answer.deployment.name,
    'x-envoy-upstream-service-time',
    String(modelMs + 3),
    'cmp-upstream-response-duration',
    String(modelMs + 1),
    'x-aml-cluster',
    cluster,
    'ms-azureml-model-time',
    String(modelMs),
  );
  if (era === '2025') return;
  headers.push(
    'x-ms-served-model',
    answer.deployment.servedModel,
    'azureai-fe-is-streaming',
    answer.isStream ? 'True' : 'False',
    'azureai-fe-requested-service-tier',
    serviceTier(request),
    'x-ms-is-spilled-over',
    'false',
    'azureml-served-by-cluster',
    cluster,
    'openai-processing-ms',
    String(modelMs - 5),
  );
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

/** Sets a header, in place of one of the same name. */
export function setHeader(headers: HeaderList, name: string, value: string): void {
  const wanted = name.toLowerCase();
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index]?.toLowerCase() !== wanted) continue;
    headers[index + 1] = value;
    return;
  }
  headers.push(name, value);
}

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

const regionNames: Readonly<Record<string, string>> = {
  eastus: 'East US',
  eastus2: 'East US 2',
  francecentral: 'France Central',
  germanywestcentral: 'Germany West Central',
  northcentralus: 'North Central US',
  norwayeast: 'Norway East',
  polandcentral: 'Poland Central',
  southcentralus: 'South Central US',
  swedencentral: 'Sweden Central',
  switzerlandnorth: 'Switzerland North',
  uaenorth: 'UAE North',
  uksouth: 'UK South',
  westeurope: 'West Europe',
  westus: 'West US',
  westus3: 'West US 3',
};

/** The region as Azure's headers and messages write it: `Sweden Central`. */
export function regionName(region = 'swedencentral'): string {
  return regionNames[region] ?? region;
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
