import { isFields } from '../fields.ts';
import type { Fields } from '../fields.ts';

/** What an operation of the service answers with. */
export interface ExpectedAnswer {
  /** In words, for errors: `a chat completion`. */
  readonly what: string;
  /** `text` is text or JSON, as the request asked; `bytes` is a file or sound. */
  readonly form: 'json' | 'text' | 'bytes';
  /** Whether a request for a stream is always answered with one; other operations may ignore the wish. */
  readonly streams: boolean;
  /** Whether a JSON answer has the least that a caller needs. */
  fits(json: Fields): boolean;
}

/** The answer that an operation is known to have; `undefined` for one that this client does not know. */
export function expectedAnswer(method: string, path: string): ExpectedAnswer | undefined {
  if (method === 'POST') {
    const known = posted[path];
    if (known !== undefined) return known;
  }
  if (path.startsWith('/responses/'))
    return response.test(path) && method !== 'DELETE' ? posted['/responses'] : thing;
  if (path.endsWith('/content')) return content;
  return kept.test(path) ? thing : undefined;
}

const response = /^\/responses\/[^/]+(?:\/cancel)?$/;

/** What a resource keeps: each thing has an id, and lists of them have data. */
const kept =
  /^\/(?:batches|containers|conversations|evals|files|fine_tuning\/jobs|models|uploads|vector_stores)(?:\/|$)/;

const json = { form: 'json', streams: false } as const;

const choices = (what: string): ExpectedAnswer => ({
  ...json,
  what,
  streams: true,
  fits: (answer) => isFilled(answer['choices']),
});

const data = (what: string): ExpectedAnswer => ({
  ...json,
  what,
  fits: (answer) => isFilled(answer['data']),
});

const text: ExpectedAnswer = {
  what: 'a text',
  form: 'text',
  streams: false,
  fits: (answer) => typeof answer['text'] === 'string',
};

const thing: ExpectedAnswer = {
  ...json,
  what: 'a thing with an id, or a list',
  fits: (answer) =>
    typeof answer['id'] === 'string' ||
    Array.isArray(answer['data']) ||
    typeof answer['deleted'] === 'boolean',
};

const content: ExpectedAnswer = { what: 'a file', form: 'bytes', streams: false, fits: () => true };

const posted: Readonly<Record<string, ExpectedAnswer>> = {
  '/chat/completions': choices('a chat completion'),
  '/completions': choices('a completion'),
  '/responses': {
    ...json,
    what: 'a response',
    streams: true,
    fits: (answer) => typeof answer['id'] === 'string' && Array.isArray(answer['output']),
  },
  '/embeddings': data('embeddings'),
  '/images/generations': data('images'),
  '/images/edits': data('images'),
  '/audio/transcriptions': text,
  '/audio/translations': text,
  '/audio/speech': { ...content, what: 'sound' },
};

function isFilled(value: unknown): boolean {
  return Array.isArray(value) && isFields(value[0]);
}
