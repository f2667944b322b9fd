import { expect, test } from 'vitest';
import type { Document } from './document.ts';
import { readSchema } from './index-schema.ts';
import { createSemanticRanker, readExtraction } from './semantic-ranking.ts';

const field = (fieldName: string) => ({ fieldName });

function ranker(
  query: string,
  { semantic, name }: { readonly semantic?: unknown; readonly name?: string } = {},
) {
  const usual = {
    defaultConfiguration: 'usual',
    configurations: [
      { name: 'bare' },
      { name: 'named', prioritizedFields: { titleField: field('name') } },
      {
        name: 'usual',
        prioritizedFields: {
          titleField: null,
          prioritizedContentFields: [field('text'), {}],
          prioritizedKeywordsFields: [field('tags'), field('stars')],
        },
      },
    ],
  };
  const schema = readSchema({
    name: 'hotels',
    fields: [
      { name: 'id', type: 'Edm.String', key: true },
      { name: 'name', type: 'Edm.String' },
      { name: 'text', type: 'Edm.String' },
      { name: 'tags', type: 'Collection(Edm.String)' },
      { name: 'stars', type: 'Edm.Int32' },
    ],
    semantic: semantic === undefined ? usual : semantic,
  });
  return createSemanticRanker(schema, query, name);
}

function judged(query: string, document: Document, name?: string) {
  const { rerankerScore, captions } = ranker(query, name === undefined ? {} : { name }).judge(document);
  const [caption] = captions;
  return [rerankerScore, caption?.text, caption?.highlights];
}

test.each<[string, Document, unknown[]]>([
  ['quiet sea', { text: 'A quiet sea.' }, [4, 'A quiet sea.', 'A <em>quiet</em> <em>sea</em>.']],
  // All words are in the text, and half of them in each sentence.
  ['quiet sea', { text: 'The sea. It is quiet.' }, [3.25, 'The sea.', 'The <em>sea</em>.']],
  ['quiet sea', { text: 'Rain. It is quiet.' }, [2, 'It is quiet.', 'It is <em>quiet</em>.']],
  ['quiet sea', { text: 'Rain. A road.' }, [0, 'Rain.', '']],
  ['quiet sea', {}, [0, '', '']],
  ['quiet sea', { text: null, tags: [] }, [0, '', '']],
  ['quiet sea', { tags: ['quiet', 'sea'] }, [3.25, 'quiet', '<em>quiet</em>']],
  ['quiet sea', { name: 'quiet sea' }, [0, '', '']],
  ['quiet sea night', { text: 'quiet' }, [1.3333, 'quiet', '<em>quiet</em>']],
  // No word of it is looked for.
  ['the of', { text: 'The sea.' }, [0, 'The sea.', '']],
  ['4 sea', { text: 'sea', stars: 4 }, [2, 'sea', '<em>sea</em>']],
])('%j in %j is judged by the share of its words: %j', (query, document, expected) => {
  expect(judged(query, document)).toEqual(expected);
});

test('the fields are those of the configuration that is asked for', () => {
  const document = { name: 'Sea.', text: 'Road.' };
  expect(judged('sea', document)).toEqual([0, 'Road.', '']);
  expect(judged('sea', document, 'named')).toEqual([4, 'Sea.', '<em>Sea</em>.']);
  expect(judged('sea', document, 'bare')).toEqual([0, '', '']);
});

test.each([null, {}, { configurations: [] }])(
  'an index with the semantic settings %j has no configuration',
  (semantic) => {
    expect(() => ranker('sea', { semantic })).toThrow("Unknown semantic configuration 'undefined'.");
    expect(() => ranker('sea', { semantic, name: 'usual' })).toThrow(
      "Unknown semantic configuration 'usual'.",
    );
  },
);

test.each([
  ['extractive', { count: 1, threshold: 0.7 }],
  ['extractive|count-12', { count: 12, threshold: 0.7 }],
  ['extractive|threshold-0.75,count-3', { count: 3, threshold: 0.75 }],
  ['none', undefined],
  ['not extractive', undefined],
  [undefined, undefined],
  [true, undefined],
])('%j asks for %j', (setting, expected) => {
  expect(readExtraction(setting)).toEqual(expected);
});
