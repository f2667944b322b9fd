import type { Entry } from '../journal/entry.ts';
import type { MockDeployment } from '../service/mock-deployment.ts';
import type { MockResource } from '../service/mock-resource.ts';
import type { Operation, Surface } from '../service/operation.ts';
import type { Finding } from './finding.ts';
import { findingsOf } from './verdict.ts';

const sweden = { name: 'sweden' } as MockResource;
export const france: MockResource = { name: 'france' } as MockResource;
const first = { key: 'first' } as MockDeployment;
export const second: MockDeployment = { key: 'second' } as MockDeployment;
const operation = { name: 'ChatCompletions_Create', target: 'deployment' } as Operation;

/** A request and its answer, as far as a verdict looks at them. */
export interface Told {
  /** When the request came. Its answer took 10 ms. */
  readonly atMs?: number;
  readonly status?: number;
  readonly says?: Readonly<Record<string, string>>;
  readonly deployment?: MockDeployment | undefined;
  readonly resource?: MockResource;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly raw?: string;
  readonly surface?: Surface;
  readonly operation?: Operation | undefined;
}

export function entry(
  sequence: number,
  {
    atMs = 1_000,
    status = 200,
    says = {},
    resource = sweden,
    headers = {},
    method = 'POST',
    path = '/openai/v1/chat/completions',
    query = '',
    raw = '{}',
    surface = 'v1',
    ...more
  }: Told,
): Entry {
  return {
    request: {
      sequence,
      resource,
      surface,
      method,
      path,
      params: {},
      query: new URLSearchParams(query),
      headers,
      raw: Buffer.from(raw),
    },
    responseHeaders: Object.entries(says)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join(''),
    operation: 'operation' in more ? more.operation : operation,
    deployment: 'deployment' in more ? more.deployment : first,
    receivedAtMs: atMs,
    status,
    finishedAtMs: atMs + 10,
    outcome: 'answered',
    cause: undefined,
  };
}

type Options = Parameters<typeof findingsOf>[2];

/** What the last of these requests does wrong. */
export function findings(requests: readonly Told[], options: Options = {}): readonly Finding[] {
  const entries = requests.map((told, index) => entry(index + 1, told));
  const last = entries.pop();
  return last === undefined ? [] : findingsOf(last, entries, options);
}

/** The rules that it breaks. */
export function rules(requests: readonly Told[], options: Options = {}): string[] {
  return findings(requests, options).map(({ rule }) => rule);
}

/** A refusal that asks for a second. */
export const asked: Told = { status: 429, says: { 'Retry-After-Ms': '1000' } };

/** With the count of an openai SDK. */
export function counted(count: number): Pick<Told, 'headers'> {
  return { headers: { 'x-stainless-retry-count': String(count) } };
}

/** With the id of its call, beside the count of an openai SDK. */
export function marked(id: string, count?: number): Pick<Told, 'headers'> {
  return { headers: { 'x-ms-client-request-id': id, ...(count !== undefined && counted(count).headers) } };
}
