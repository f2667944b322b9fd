import type { OperationRequest } from './operation.ts';

/** The address that the caller used, which links in answers begin with: `http://127.0.0.1:8080`. */
export function originOf({ headers, resource }: OperationRequest): string {
  return `${resource.scheme}://${headers.host ?? 'localhost'}`;
}
