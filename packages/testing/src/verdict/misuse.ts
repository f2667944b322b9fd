import { hasFeature, isServed } from '../service/api-version.ts';
import type { Entry } from '../journal/entry.ts';
import type { Operation } from '../service/operation.ts';
import type { Finding, FindingRule } from './finding.ts';

/** Mistakes of a single request. */
export function misuse(exchange: Entry, { keysForbidden }: { readonly keysForbidden: boolean }): Finding[] {
  const { request } = exchange;
  const number = request.sequence;
  const findings: Finding[] = [];
  const add = (rule: FindingRule, message: string) => {
    findings.push({ rule, message, requests: [number] });
  };
  if (keysForbidden && request.headers['api-key'] !== undefined) {
    add(
      'key-forbidden',
      `Request ${number} sent an API key: the policy of the config forbids keys. Sign in with Entra ID.`,
    );
  }
  const inUrl = ['api-key', 'access_token'].find((name) => request.query.has(name));
  // Only realtime accepts a key in the URL (docs/wire/urls.md#1.3).
  if (inUrl !== undefined && !request.path.endsWith('/realtime')) {
    add(
      'credential-in-url',
      `Request ${number} sent \`${inUrl}\` in its URL, where proxies log it. Send it as a header.`,
    );
  }
  const address = addressed(exchange);
  if (address !== undefined) add(...address);
  return findings;
}

function addressed(exchange: Entry): [FindingRule, string] | undefined {
  const { request, operation, deployment, status } = exchange;
  const number = request.sequence;
  const url = `${request.method} ${request.path}`;
  const version = request.query.get('api-version');
  if (operation === undefined) {
    return [
      'unknown-operation',
      `Request ${number} called a URL that Azure does not have: ${url}. Check the path and the client's base URL.`,
    ];
  }
  if (request.surface === 'dated' && version === null) {
    return [
      'missing-api-version',
      `Request ${number} has no \`api-version\`: ${url}. Add one, or call /openai/v1.`,
    ];
  }
  if (version !== null && !serves(operation, request, version)) {
    return [
      'unknown-api-version',
      `Request ${number} was sent with api-version ${JSON.stringify(version)}, which does not have ${url}. Use a version that has it, or call /openai/v1.`,
    ];
  }
  if (status === 404 && operation.target === 'deployment' && deployment === undefined) {
    const name = request.params['deployment'] ?? modelIn(request.raw);
    return [
      'unknown-deployment',
      `Request ${number} called deployment ${JSON.stringify(name)}, which resource ${JSON.stringify(request.resource.name)} does not have. Check its name, or deploy it.`,
    ];
  }
  return undefined;
}

function modelIn(raw: Buffer): unknown {
  try {
    return (JSON.parse(raw.toString()) as { readonly model?: unknown }).model;
  } catch {
    return undefined;
  }
}

function serves(operation: Operation, { surface }: Entry['request'], version: string): boolean {
  if (surface === 'v1') return ['v1', 'preview', 'latest'].includes(version);
  if (surface === 'inference') return true;
  return isServed(version) && (operation.since === undefined || hasFeature(version, operation.since));
}
