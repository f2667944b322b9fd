import { apiProblem } from './api.ts';
import type { Check } from './check.ts';
import type { CloudName } from '../catalog/clouds.ts';
import type { Resource } from '../config.ts';
import { readEndpoint } from '../endpoint.ts';
import { found } from './found.ts';
import type { Path } from './path.ts';
import { resourceSchema } from './schema.ts';

/** A resource with every default filled in; `undefined` when something about it was reported. */
export function readResource(
  value: unknown,
  path: Path,
  { check, allowHosts }: { readonly check: Check; readonly allowHosts: readonly string[] },
): Resource | undefined {
  const before = check.issues.length;
  const shape = check.shape(resourceSchema, value, path);
  if (shape === undefined) return undefined;

  const endpoint = readEndpoint(shape.endpoint, allowHosts);
  if (!endpoint.ok) check.unexpected([...path, 'endpoint'], endpoint.problem);
  const api = shape.api ?? 'v1';
  const wrongApi = apiProblem(api);
  if (wrongApi !== undefined) check.unexpected([...path, 'api'], `${found(api)}, ${wrongApi}`);
  const hostCloud = endpoint.ok ? endpoint.cloud : undefined;
  if (shape.cloud !== undefined && hostCloud !== undefined && shape.cloud !== hostCloud) {
    check.report(
      [...path, 'cloud'],
      `the host of the endpoint is in the cloud "${hostCloud}". Remove \`cloud\`.`,
    );
  }
  const region = shape.region?.toLowerCase().replaceAll(/[\s_-]+/g, '');
  if (region !== undefined && !/^[a-z][a-z0-9]{1,23}$/.test(region)) {
    check.unexpected([...path, 'region'], found(shape.region));
  }
  const basePath = readBasePath(shape.basePath ?? '');
  if (basePath === undefined) check.unexpected([...path, 'basePath'], found(shape.basePath));
  const keyHeader = (shape.keyHeader ?? 'api-key').toLowerCase();
  if (!isKeyHeader(keyHeader)) check.unexpected([...path, 'keyHeader'], found(shape.keyHeader));

  if (check.issues.length > before || !endpoint.ok) return undefined;
  const cloud: CloudName = shape.cloud ?? hostCloud ?? 'public';
  return {
    endpoint: endpoint.origin,
    basePath: basePath ?? '',
    api,
    cloud,
    ...(region !== undefined && { region }),
    ...(shape.tenantId !== undefined && { tenantId: shape.tenantId.toLowerCase() }),
    keyHeader,
    tags: shape.tags ?? {},
  };
}

/** `/genai/v2`, without a slash at its end; `undefined` for what is not a plain path. */
function readBasePath(text: string): string | undefined {
  const path = text.replace(/\/+$/, '');
  if (path === '') return '';
  const segments = path.split('/').slice(1);
  const isPath =
    path.startsWith('/') && segments.every((part) => /^[\w.~-]+$/.test(part) && !/^\.+$/.test(part));
  return isPath ? path : undefined;
}

/**
 * The name of a header for a key has to say so: `api-key`, `ocp-apim-subscription-key`, `x-gateway-token`. Any other
 * header may already have another meaning to a proxy or to the service.
 */
function isKeyHeader(name: string): boolean {
  return (
    /^[a-z][a-z0-9-]{0,63}$/.test(name) &&
    /(^|-)[a-z]*(key|token|auth|secret|credential|password)s?(-|$)/.test(name) &&
    !/^(idempotency|x-idempotency|sec|proxy|content|access-control|x-ms|x-forwarded|www)-/.test(name) &&
    !/^authorization$/.test(name)
  );
}
