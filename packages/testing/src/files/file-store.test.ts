import { expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { createRandom } from '../random.ts';
import { aResource } from '../service/a-resource.fake.ts';
import type { OperationRequest } from '../service/operation.ts';
import { refused } from '../service/refused.fake.ts';
import {
  addFile,
  capacityBytes,
  fileObject,
  findFile,
  isAuthored,
  livingFiles,
  statusOf,
} from './file-store.ts';
import { checkPurpose } from './purpose.ts';

/** Requests to one resource. */
function requests(surface: 'v1' | 'dated' = 'v1') {
  const clock = manualClock();
  const dateMs = Date.parse('2026-11-22T12:00:00.900Z');
  const request = { ...aResource(), surface, clock, dateMs, random: createRandom(1) };
  return { clock, request: request as unknown as OperationRequest };
}

/** Only the length of a large content matters. */
const sized = (length: number) => ({ length }) as Buffer;
const file = (length: number, purpose = 'batch') => ({
  filename: 'x.jsonl',
  purpose,
  content: sized(length),
});

test('a resource has room for a gigabyte', () => {
  const { request } = requests();
  addFile(request, file(capacityBytes - 10));
  const { id } = addFile(request, file(10));
  expect(refused(() => addFile(request, file(1)))).toEqual({
    message: 'The resource has no room for this file. Delete files that are no longer needed.',
    type: 'invalid_request_error',
    param: null,
    code: 'quotaExceeded',
  });
  livingFiles(request).delete(id);
  expect(refused(() => addFile(request, file(10)))).toBeUndefined();
});

test('the output of a batch makes room for itself: the oldest outputs go, and nothing else', () => {
  const { request } = requests();
  const kept = addFile(request, file(10));
  const outputs = [10, 20, 30].map((length) => addFile(request, file(length, 'batch_output')));
  const fits = addFile(request, file(capacityBytes - 70, 'batch_output'));
  const alive = () => [...livingFiles(request).keys()];
  expect(alive()).toEqual([kept, ...outputs, fits].map(({ id }) => id));
  const late = addFile(request, file(25, 'batch_output'));
  expect(alive()).toEqual([kept, outputs[2], fits, late].map((each) => each?.id));
  const huge = addFile(request, file(capacityBytes, 'batch_output'));
  expect(alive()).toEqual([kept.id, huge.id]);
});

test.each([
  ['batch', /^file-[\da-f]{32}$/],
  ['batch_output', /^file-[\da-f]{32}$/],
  ['evals', /^file-[\da-f]{32}$/],
  ['fine-tune', /^file-[\da-f]{32}$/],
  ['assistants', /^assistant-[\dA-Za-z]{22}$/],
  ['vision', /^assistant-[\dA-Za-z]{22}$/],
  ['user_data', /^assistant-[\dA-Za-z]{22}$/],
])('the id of a file for %s is like %s', (purpose, id) => {
  expect(addFile(requests().request, file(1, purpose)).id).toMatch(id);
});

test('a purpose is of the authoring service by its beginning', () => {
  expect(['batch', 'fine-tune-results', 'my-batch', 'assistants'].map(isAuthored)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('a file says how large it is, and when it was made and will end', async () => {
  const { request, clock } = requests();
  const stored = addFile(request, { ...file(7), expiresAfterMs: 60_000 });
  const created = Date.parse('2026-11-22T12:00:00Z') / 1000;
  await clock.advance(499);
  expect(fileObject(stored, clock.now())).toEqual({
    id: stored.id,
    object: 'file',
    bytes: 7,
    created_at: created,
    filename: 'x.jsonl',
    purpose: 'batch',
    status: 'pending',
    expires_at: created + 60,
  });
  await clock.advance(1);
  expect(fileObject(stored, clock.now()).status).toBe('processed');
  expect(fileObject(addFile(request, file(7)), clock.now())).not.toHaveProperty('expires_at');
});

test('the output of a batch is never pending', () => {
  const { request, clock } = requests();
  expect(statusOf(addFile(request, file(1, 'batch_output')), clock.now())).toBe('processed');
  expect(statusOf(addFile(request, file(1)), clock.now())).toBe('pending');
});

test('a file is there until the millisecond in which it expires', async () => {
  const { request, clock } = requests();
  const [brief, kept] = [addFile(request, { ...file(1), expiresAfterMs: 1000 }), addFile(request, file(1))];
  await clock.advance(999);
  expect(findFile(request, brief.id)).toBe(brief);
  await clock.advance(1);
  expect(refused(() => findFile(request, brief.id))?.code).toBe('notFound');
  expect(findFile(request, kept.id)).toBe(kept);
});

test('an error is written as the surface writes it, with up to 200 characters of an id', () => {
  const message = `File with id ${'x'.repeat(200)} not found.`;
  const find = (surface: 'v1' | 'dated') =>
    refused(() => findFile(requests(surface).request, 'x'.repeat(300)));
  expect(find('v1')).toEqual({ message, type: 'invalid_request_error', param: null, code: 'notFound' });
  expect(find('dated')).toEqual({ code: 'notFound', message });
});

test.each(['assistants', 'batch', 'fine-tune', 'evals', 'user_data', 'vision'])(
  'a file may be for %s',
  (purpose) => {
    expect(checkPurpose(requests().request, purpose)).toBe(purpose);
  },
);

test.each<[unknown, string]>([
  [undefined, "The 'purpose' field is required."],
  [
    'fun',
    `Invalid value for 'purpose': "fun". Use one of assistants, batch, fine-tune, evals, user_data, vision.`,
  ],
  [7, "Invalid value for 'purpose': 7. Use one of assistants, batch, fine-tune, evals, user_data, vision."],
  [
    'x'.repeat(200),
    `Invalid value for 'purpose': "${'x'.repeat(99)}. Use one of assistants, batch, fine-tune, evals, user_data, vision.`,
  ],
])('no file is for %j', (purpose, message) => {
  expect(refused(() => checkPurpose(requests().request, purpose))).toMatchObject({
    code: 'invalidPayload',
    message,
  });
});
