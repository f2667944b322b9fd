import { resourceNotFound } from '../service/envelopes.ts';
import type { Operation, OperationRequest } from '../service/operation.ts';
import { originOf } from '../service/origin.ts';
import { bytes } from '../service/wire-response.ts';

/** Pictures that a resource gave links to; the oldest are dropped first. */
const capacity = 1000;

function pictures(): Map<string, Buffer> {
  return new Map();
}

const lifetimeMs = 24 * 60 * 60 * 1000;

/** Stores a picture and returns a signed link, as Azure does. Azure's link points to its storage, this one to the mock. */
export function linkTo(picture: Buffer, request: OperationRequest): string {
  const kept = request.resource.state(pictures);
  const id = request.random.guid();
  kept.set(id, picture);
  const [oldest = ''] = kept.keys();
  if (kept.size > capacity) kept.delete(oldest);
  const query = new URLSearchParams({
    se: new Date(request.dateMs + lifetimeMs).toISOString(),
    sig: Buffer.from(request.random.guid()).toString('base64'),
    sp: 'r',
    sr: 'b',
    sv: '2020-10-02',
  });
  return `${originOf(request)}/private/images/${id}/generated_00.png?${query.toString()}`;
}

/** Answers requests to such a link. */
export const pictureLink: Operation = {
  name: 'Images_GetContent',
  method: 'GET',
  link: '/private/images/{id}/{name}',
  target: 'resource',
  handle(request) {
    const picture = request.resource.state(pictures).get(request.params['id'] ?? '');
    return picture === undefined ? resourceNotFound() : bytes(picture, 'image/png');
  },
};
