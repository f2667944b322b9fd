import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OperationRequest } from '../service/operation.ts';
import { readFaults } from './read-faults.ts';
import { UsageError } from './usage-error.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aoai-mock-test-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function read(text: string) {
  const path = join(folder, 'faults.json');
  writeFileSync(path, text);
  return readFaults(path);
}

test.each([
  ['contextLengthExceeded', {}],
  ['cutMidStream', { afterChunks: 1, closeCode: 1011 }],
  ['deploymentNotFound', {}],
  ['errorInStream', { afterChunks: 0, code: 429, choices: [], message: 'Too many.' }],
  ['failedDependency', { status: 424 }],
  ['firewalled', { privateEndpoint: true }],
  ['highDemand', { retryAfter: 20 }],
  ['keysDisabled', {}],
  ['malformedJson', {}],
  ['modelRetired', { status: 400 }],
  ['neverAnswers', {}],
  ['notInRegion', {}],
  ['operationTimeout', {}],
  ['permissionDenied', {}],
  ['rateLimited', { retryAfterMs: 5, hints: [], kind: 'call', era: '2024', message: 'Slow down.' }],
  ['rateLimited', { retryAfter: 'Fri, 01 Jan 2027 00:00:00 GMT' }],
  ['refused', { forMs: 5 }],
  ['reset', {}],
  ['respondWith', { status: 418, headers: {}, body: 'tea' }],
  ['respondWith', { events: [{ a: 1 }] }],
  ['serverError', { from: 'gateway' }],
  ['slow', { delayMs: 5, betweenMs: 5 }],
  ['truncated', { afterChunks: 1 }],
  ['unauthorized', {}],
  ['unavailable', { retryAfterMs: 5 }],
  ['wrongContentLength', {}],
  ['wrongTenant', {}],
])('a file may script %s with %j', async (fault, options) => {
  const [entry] = await read(JSON.stringify([{ fault, ...options }]));
  expect(entry).toMatchObject({ deployment: '*', fault: { name: fault }, options: {} });
});

test('an entry says where, what with which options, how often and how likely', async () => {
  const entries = await read(
    JSON.stringify([
      { deployment: 'chat', fault: 'respondWith', status: 418, times: 2 },
      { fault: 'reset', times: 'always', rate: 0.25 },
    ]),
  );
  const place = join(folder, 'faults.json');
  expect(entries).toEqual([
    { deployment: 'chat', fault: expect.anything() as unknown, options: { times: 2 }, place: `${place}[0]` },
    {
      deployment: '*',
      fault: expect.anything() as unknown,
      options: { times: Infinity, rate: 0.25 },
      place: `${place}[1]`,
    },
  ]);
  expect(entries[0]?.fault.intervention({} as OperationRequest)).toMatchObject({ response: { status: 418 } });
});

const all =
  'contextLengthExceeded, cutMidStream, deploymentNotFound, errorInStream, failedDependency, firewalled, highDemand, keysDisabled, malformedJson, modelRetired, neverAnswers, notInRegion, operationTimeout, permissionDenied, rateLimited, refused, reset, respondWith, serverError, slow, truncated, unauthorized, unavailable, wrongContentLength, wrongTenant';
const ofSlow = 'It takes deployment, fault, times, rate, delayMs, betweenMs.';

test.each([
  ['[null]', 'not an object.'],
  ['["slow"]', 'not an object.'],
  ['[{}]', `\`fault\` is undefined. Use one of ${all}.`],
  ['[{"fault":"fast"}]', `\`fault\` is "fast". Use one of ${all}.`],
  ['[{"fault":["slow"]}]', `\`fault\` is ["slow"]. Use one of ${all}.`],
  ['[{"fault":"toString"}]', `\`fault\` is "toString". Use one of ${all}.`],
  ['[{"fault":"slow","delay":5}]', `slow has no \`delay\`. ${ofSlow}`],
  ['[{"fault":"slow","toString":5}]', `slow has no \`toString\`. ${ofSlow}`],
  ['[{"fault":"slow","delayMs":"5"}]', '`delayMs` is "5". Give a number.'],
  ['[{"fault":"serverError","from":1}]', '`from` is 1. Give a string.'],
  ['[{"fault":"firewalled","privateEndpoint":"yes"}]', '`privateEndpoint` is "yes". Give a boolean.'],
  ['[{"fault":"modelRetired","status":500}]', 'Cannot script'],
])('%s is refused with its place', async (text, problem) => {
  const refused = read(text);
  await expect(refused).rejects.toThrow(UsageError);
  await expect(refused).rejects.toThrow(`Invalid fault ${join(folder, 'faults.json')}[0]: ${problem}`);
});

test('a file that is no list, no JSON or not there is refused by its name', async () => {
  const path = JSON.stringify(join(folder, 'faults.json'));
  await expect(read('{"fault":"slow"}')).rejects.toThrow(
    new UsageError(`Invalid faults in ${path}: not a list.`),
  );
  await expect(read('[')).rejects.toThrow(`Cannot read \`--faults\` ${path}: `);
  await expect(readFaults('missing.json')).rejects.toMatchObject({
    name: 'UsageError',
    message: `Cannot read \`--faults\` "missing.json": ENOENT: no such file or directory, open 'missing.json'.`,
    cause: { code: 'ENOENT' },
  });
  await expect(read('[{"fault":"modelRetired","status":500}]')).rejects.toMatchObject({
    cause: { name: 'RangeError' },
  });
});
