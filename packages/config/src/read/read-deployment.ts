import { modelNamedBy } from '../catalog/model-named-by.ts';
import type { Check } from './check.ts';
import type { Deployment } from '../config.ts';
import { found } from './found.ts';
import type { Path } from './path.ts';
import { deploymentSchema } from './schema.ts';
import { didYouMean } from './suggest.ts';

/** A deployment with every default filled in; `undefined` when something about it was reported. */
export function readDeployment(
  value: unknown,
  path: Path,
  { check, resources }: { readonly check: Check; readonly resources: readonly string[] },
): Deployment | undefined {
  const before = check.issues.length;
  const shape = check.shape(deploymentSchema, value, path);
  // A resource that does not exist is reported together with the other mistakes.
  const { resource } = (value ?? {}) as { resource?: unknown };
  if (typeof resource === 'string' && !resources.includes(resource)) {
    check.unexpected([...path, 'resource'], `${found(resource)}.${didYouMean(resource, resources)}`);
  }
  if (shape === undefined) return undefined;

  // The name becomes a segment of a path, so it may contain nothing that changes the path.
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(shape.deployment)) {
    check.unexpected(
      [...path, 'deployment'],
      `${found(shape.deployment)}. Use letters, digits, "-", "_" and "."`,
    );
  }
  const sku = shape.sku ?? 'GlobalStandard';
  for (const key of ['sku', 'model', 'version', 'contentFilter'] as const) {
    const text = shape[key];
    if (text !== undefined && !/^[A-Za-z0-9][\w.:@/-]{0,99}$/.test(text))
      check.unexpected([...path, key], found(text));
  }
  if (shape.limits?.ptu !== undefined && !sku.includes('Provisioned')) {
    check.report(
      [...path, 'limits', 'ptu'],
      `"${sku}" is not provisioned. Use \`tpm\` and \`rpm\`, or a provisioned \`sku\`.`,
    );
  }

  if (check.issues.length > before) return undefined;
  return {
    resource: shape.resource,
    deployment: shape.deployment,
    model: shape.model ?? modelNamedBy(shape.deployment) ?? shape.deployment,
    ...(shape.version !== undefined && { version: shape.version }),
    sku,
    limits: shape.limits ?? {},
    ...(shape.price !== undefined && { price: shape.price }),
    ...(shape.contentFilter !== undefined && { contentFilter: shape.contentFilter }),
    tags: shape.tags ?? {},
  };
}
