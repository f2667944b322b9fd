import { catalog, entryOf } from '@aoai/config';
import { gatewayError, resourceNotFound } from './envelopes.ts';
import type { Operation, OperationRequest } from './operation.ts';
import type { WireResponse } from './wire-response.ts';

/** Whether a dated surface serves `version`. Retired versions are unknown, like misspelt ones. */
export function isServed(version: string): boolean {
  if (!/^\d{4}-/.test(version)) return false;
  const known = entryOf(catalog.apiVersions, version);
  return known !== undefined && known.retired === undefined;
}

/** Whether `version` is, or is newer than, the preview or GA version `since`. */
export function hasFeature(version: string, since: string): boolean {
  return version.slice(0, 10) >= since.slice(0, 10);
}

/** Notes the api-version of a request; refuses one that the surface or the operation does not have. */
export function checkApiVersion(
  request: { -readonly [Key in keyof OperationRequest]: OperationRequest[Key] },
  operation: Operation,
): WireResponse | undefined {
  const asked = request.query.get('api-version');
  if (request.surface === 'v1') {
    request.api = asked ?? 'v1';
    if (asked === null || asked === 'v1' || asked === 'preview' || asked === 'latest') return undefined;
    // hotovo/aider-desk#460
    return gatewayError(400, { code: 'BadRequest', message: 'API version not supported' });
  }
  if (asked === null) return resourceNotFound();
  request.api = asked;
  if (request.surface === 'inference') return undefined;
  const isNewer = operation.since !== undefined && !hasFeature(asked, operation.since);
  return !isServed(asked) || isNewer ? resourceNotFound() : undefined;
}
