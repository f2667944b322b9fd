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

/** Headers that the model's side adds. `isStream` and the deployment shape the newer ones. */
export function modelHeaders(
  request: OperationRequest,
  { era, deployment, isStream }: { era: HeaderEra; deployment: MockDeployment; isStream: boolean },
): HeaderList {
  const { random } = request;
  const list = [
    'Cache-Control',
    'no-cache, must-revalidate',
    'access-control-allow-origin',
    '*',
    'x-ms-region',
    regionName(request.resource.config.region),
    'x-accel-buffering',
    'no',
    'x-ms-rai-invoked',
    'true',
    'x-request-id',
    random.guid(),
  ];
  if (era === '2024') {
    list.push('azureml-model-session', 'turbo-0301-b90147a4');
    return list;
  }
  const modelMs = 40 + Math.floor(random.next() * 400);
  list.push(
    'x-ms-deployment-name',
    deployment.name,
    'x-envoy-upstream-service-time',
    String(modelMs + 3),
    'cmp-upstream-response-duration',
    String(modelMs + 1),
    'x-aml-cluster',
    'hyena-mock-01',
    'ms-azureml-model-time',
    String(modelMs),
  );
  if (era === '2025') {
    list.push('azureml-model-session', 'd014-20250101000000');
    return list;
  }
  list.push(
    'x-ms-served-model',
    deployment.servedModel,
    'azureai-fe-is-streaming',
    isStream ? 'True' : 'False',
    'azureai-fe-requested-service-tier',
    'default',
    'x-ms-is-spilled-over',
    'false',
    'azureml-model-session',
    'd20260620024045-7010d398',
    'azureml-served-by-cluster',
    'hyena-mock-01',
    'openai-processing-ms',
    String(modelMs - 5),
  );
  return list;
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
