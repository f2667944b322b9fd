import { NeighbourError } from '../neighbour/neighbour-error.ts';

/** 400 for a body or parameter that cannot be used. */
export function badParameter(message: string): NeighbourError {
  return new NeighbourError(400, 'BadParameter', message);
}

/** 404 for a key or secret, or a version of it. */
export function notInVault(kind: 'key' | 'secret', name: string, version = ''): NeighbourError {
  const id = version === '' ? name : `${name}/${version}`;
  return new NeighbourError(
    404,
    kind === 'key' ? 'KeyNotFound' : 'SecretNotFound',
    `A ${kind} with (name/id) ${id} was not found in this key vault. If you recently deleted this ${kind} you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182`,
  );
}
