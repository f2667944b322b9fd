import type { Credential } from '@aoai/auth';
import type { Deployment, Resource } from '@aoai/config';
import type { QuotaTarget } from '../quota/quota.ts';

/** What one attempt is sent to: a deployment, with all that is needed to call it. */
export interface Target {
  /** Name of the deployment in the config. */
  readonly name: string;
  readonly deployment: Deployment;
  readonly resource: Resource;
  readonly credential: Credential;
  /** The headers, beside `api-key`, in which a resource of the config wants its key. */
  readonly keyHeaders: readonly string[];
  /** Scope of the Entra ID tokens that the resource takes. */
  readonly scope: string;
  readonly quota: QuotaTarget;
  /** Deployments of its resource that may be called, by the names of the config that lead to them, and by their own. */
  readonly named: ReadonlyMap<string, string>;
  /** What the policy has against it. */
  readonly forbidden: Forbidden | undefined;
  /** Host and port. */
  readonly server: string;
}

/** Why a policy forbids a target. */
interface Forbidden {
  /** The deployment that is forbidden. */
  readonly target: string;
  /** The clause of the policy. */
  readonly policy: string;
  /** The clause and the fact, in a sentence, and what to do. */
  readonly reason: string;
}

// The operations that a dated api serves under the deployment (docs/wire/urls.md#1.1); the others belong to the resource.
const underDeployment = new Set([
  '/chat/completions',
  '/completions',
  '/embeddings',
  '/audio/transcriptions',
  '/audio/translations',
  '/audio/speech',
  '/images/generations',
  '/images/edits',
]);

/** Whether an operation is one of a deployment, so that the request has to name it. */
export function isUnderDeployment(path: string): boolean {
  return underDeployment.has(path);
}

/** The URL of an operation, for example `/chat/completions`, in the form that the resource's api wants. */
export function urlOf(
  { resource, deployment }: Pick<Target, 'resource' | 'deployment'>,
  path: string,
  query: string,
): string {
  const root = `${resource.endpoint}${resource.basePath}/openai`;
  if (resource.api === 'v1') return `${root}/v1${path}${query === '' ? '' : `?${query}`}`;
  const place = underDeployment.has(path)
    ? `/deployments/${encodeURIComponent(deployment.deployment)}${path}`
    : path;
  return `${root}${place}?api-version=${resource.api}${query === '' ? '' : `&${query}`}`;
}

/** The deployment that a name means in the resource of a target; a name that means none stays as it is. */
export function deploymentNamed(target: Pick<Target, 'named'>, name: string): string {
  return target.named.get(name) ?? name;
}
