import type { OperationRequest } from './operation.ts';
import type { MockResource } from './mock-resource.ts';

/** Azure's own hosts: a subdomain for each resource (docs/wire/urls.md#1.4). */
const subdomain =
  /^([^.]+)\.(?:openai\.azure\.(?:com|us|cn)|cognitiveservices\.azure\.(?:com|us|cn)|services\.ai\.azure\.(?:com|us)|localhost)$/i;

const regional = /^([^.]+)\.api\.cognitive\.microsoft\.(?:com|us)$/i;

/** Finds the resource for a `Host` header; otherwise the resource of the port. */
export type ResourceChooser = (host: string | undefined, own: MockResource) => MockResource;

/** A chooser among `resources`: by the first label of their endpoint, their name or their region. */
export function resourceChooser(resources: readonly MockResource[]): ResourceChooser {
  const byName = new Map(resources.map((resource) => [resource.name.toLowerCase(), resource]));
  for (const resource of resources) {
    const label = subdomain.exec(hostnameOf(resource.config.endpoint))?.[1];
    if (label !== undefined) byName.set(label.toLowerCase(), resource);
  }
  return (host, own) => {
    // Most callers of a mock use its address.
    if (host === undefined || /^(?:127\.|localhost|\[)/.test(host)) return own;
    const name = host.replace(/:\d+$/, '');
    const label = subdomain.exec(name)?.[1];
    if (label !== undefined) return byName.get(label.toLowerCase()) ?? own;
    const region = regional.exec(name)?.[1]?.toLowerCase();
    return resources.find((resource) => region !== undefined && resource.config.region === region) ?? own;
  };
}

/** Whether a request came by a region's shared host, which takes API keys only. */
export function isRegionalHost({ headers }: OperationRequest): boolean {
  const { host } = headers;
  return host !== undefined && regional.test(host.replace(/:\d+$/, ''));
}

function hostnameOf(endpoint: string): string {
  return URL.canParse(endpoint) ? new URL(endpoint).hostname : '';
}
