import { expect, test } from 'vitest';
import { expectedAnswer } from './expected-answer.ts';

test.each([
  ['POST', '/chat/completions', 'a chat completion json streams'],
  ['POST', '/completions', 'a completion json streams'],
  ['POST', '/responses', 'a response json streams'],
  ['POST', '/embeddings', 'embeddings json'],
  ['POST', '/images/generations', 'images json'],
  ['POST', '/images/edits', 'images json'],
  ['POST', '/audio/transcriptions', 'a text text'],
  ['POST', '/audio/translations', 'a text text'],
  ['POST', '/audio/speech', 'sound bytes'],
  ['GET', '/responses/resp_1', 'a response json streams'],
  ['POST', '/responses/resp_1/cancel', 'a response json streams'],
  ['DELETE', '/responses/resp_1', 'a thing with an id, or a list json'],
  ['GET', '/responses/resp_1/input_items', 'a thing with an id, or a list json'],
  ['GET', '/files/file-1', 'a thing with an id, or a list json'],
  ['GET', '/files', 'a thing with an id, or a list json'],
  ['POST', '/batches', 'a thing with an id, or a list json'],
  ['GET', '/fine_tuning/jobs/1', 'a thing with an id, or a list json'],
  ['GET', '/files/file-1/content', 'a file bytes'],
  ['GET', '/chat/completions', undefined],
  ['GET', '/filesystem', undefined],
  ['GET', '/fine_tuning/alpha', undefined],
  ['POST', '/new/operation', undefined],
])('%s %s is answered with %s', (method, path, expected) => {
  const found = expectedAnswer(method, path);
  expect(found && [found.what, found.form, ...(found.streams ? ['streams'] : [])].join(' ')).toBe(expected);
});

test.each([
  ['/chat/completions', { choices: [{}] }, true],
  ['/chat/completions', { choices: [] }, false],
  ['/chat/completions', { choices: [null] }, false],
  ['/chat/completions', { choices: ['x'] }, false],
  ['/chat/completions', { choices: 'x' }, false],
  ['/embeddings', { data: [{}] }, true],
  ['/embeddings', { data: [] }, false],
  ['/audio/transcriptions', { text: '' }, true],
  ['/audio/transcriptions', { text: null }, false],
  ['/responses', { id: 'x', output: [] }, true],
  ['/responses', { id: 'x' }, false],
  ['/responses', { output: [] }, false],
  ['/files', { id: 'x' }, true],
  ['/files', { data: [] }, true],
  ['/files', { deleted: false }, true],
  ['/files', { id: 7, data: {}, deleted: 'yes' }, false],
])('an answer of %s that is %j fits: %s', (path, json, fits) => {
  expect(expectedAnswer('POST', path)?.fits(json)).toBe(fits);
});

test('any content fits a file', () => {
  expect(expectedAnswer('GET', '/files/file-1/content')?.fits({})).toBe(true);
});
