import { masked } from '../journal/mask.ts';
import type { Observed } from '../script/observed.ts';
import { faultName } from './fault-buttons.ts';

/** A request as the page opens it. Secrets are masked. */
export interface RequestDetail {
  readonly request: string;
  readonly answer: string;
  /** Why it was answered so. */
  readonly reason: string;
}

const longestBody = 20_000;

/** Everything that is known of one request; `answer` is its body. */
export function requestDetail(
  { request }: Observed,
  { answer, secrets }: { readonly answer: string | undefined; readonly secrets: Iterable<string> },
): RequestDetail {
  const query = new URLSearchParams(request.query).toString();
  const url = query === '' ? request.path : `${request.path}?${query}`;
  const { response } = request;
  const hidden = (text: string): string => hideSecrets(text, secrets);
  return {
    request: hidden(`${request.method} ${url}\n${linesOf(request.headers)}\n\n${shown(request.body)}`),
    answer:
      response === undefined
        ? ''
        : hidden(`${response.status}\n${linesOf(response.headers)}\n\n${pretty(answer ?? '')}`),
    reason: hidden(reasonOf(request, answer)),
  };
}

function linesOf(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}

function shown(body: unknown): string {
  if (body === undefined) return '';
  if (body instanceof Uint8Array) return `(${body.length} bytes)`;
  const text = typeof body === 'string' ? body : JSON.stringify(body, null, 2);
  return text.length > longestBody ? `${text.slice(0, longestBody)}…` : text;
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Keys that an answer gave out or repeats. */
function hideSecrets(text: string, secrets: Iterable<string>): string {
  let safe = text.replace(/\bek_\w{8,}/g, masked).replace(/(\bsig=)[^&"\s]+/g, `$1${masked}`);
  for (const secret of secrets) if (secret !== '') safe = safe.replaceAll(secret, masked);
  return safe;
}

function reasonOf({ response }: Observed['request'], answer: string | undefined): string {
  if (response === undefined) return 'It has not been answered yet.';
  const { cause, status, outcome } = response;
  const gone = outcome === 'abandoned' ? ' The connection ended before the answer did.' : '';
  if (cause === 'reply') return `A reply was scripted for it.${gone}`;
  if (cause !== undefined) return `${faultName(cause)} was armed for it.${gone}`;
  if (status >= 400) return `${messageOf(answer) ?? `It was refused with ${status}.`}${gone}`;
  return `The mock answered by itself.${gone}`;
}

function messageOf(answer: string | undefined): string | undefined {
  try {
    const body = JSON.parse(answer ?? '') as { error?: { message?: unknown }; message?: unknown } | null;
    const message = body?.error?.message ?? body?.message;
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
