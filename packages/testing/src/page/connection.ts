import type { MockResource } from '../service/mock-resource.ts';

/** How a first request is sent, for the page that has seen none. */
export interface ConnectionInfo {
  readonly endpoint: string;
  /** `undefined`: only tokens are taken. */
  readonly key?: string;
  readonly deployment?: string;
  readonly curl?: string;
}

/** `origin` is where the page itself was asked for. */
export function connectionInfo(origin: string, resources: readonly MockResource[]): ConnectionInfo {
  const [resource] = resources;
  const [key] = resource?.apiKeys ?? [];
  const chat = resource?.deployments.find(({ traits }) => traits.capabilities.includes('chatCompletion'));
  if (resource?.takesKeys !== true || key === undefined)
    return { endpoint: origin, ...(chat && { deployment: chat.name }) };
  if (chat === undefined) return { endpoint: origin, key };
  const body = JSON.stringify({ model: chat.name, messages: [{ role: 'user', content: 'Say hello.' }] });
  const curl = `curl ${origin}/openai/v1/chat/completions -H 'api-key: ${key}' -H 'content-type: application/json' -d '${body}'`;
  return { endpoint: origin, key, deployment: chat.name, curl };
}
