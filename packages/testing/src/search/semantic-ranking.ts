import { valuesAt } from './document.ts';
import type { Document } from './document.ts';
import { highlight, sentencesOf } from './highlight.ts';
import type { IndexSchema } from './index-schema.ts';
import { record } from './index-schema.ts';
import { badParameter } from './search-error.ts';
import { analyze } from './text-analysis.ts';

/** The results of a semantic ranker for a document. */
export interface SemanticResult {
  /** From 0 to 4. */
  readonly rerankerScore: number;
  readonly captions: readonly Caption[];
}

interface Caption {
  readonly text: string;
  readonly highlights: string;
}

/** Scores documents by the words they share with the query. Only the format is that of the service's ranker. */
export interface SemanticRanker {
  judge(document: Document): SemanticResult;
}

const analyzer = 'en.lucene';
const tags = { analyzer, pre: '<em>', post: '</em>' };

/** @throws {NeighbourError} when the index has no such semantic configuration. */
export function createSemanticRanker(
  schema: IndexSchema,
  query: string,
  configuration: string | undefined,
): SemanticRanker {
  const paths = prioritizedFields(schema, configuration);
  const terms = new Set(analyze(query, analyzer));
  return {
    judge(document) {
      const texts = paths.flatMap((path) =>
        valuesAt(document, path).filter((value) => typeof value === 'string'),
      );
      const sentences = texts.flatMap(sentencesOf).map((text) => ({ text, share: shareOf(terms, text) }));
      const best = sentences.reduce((winner, next) => (next.share > winner.share ? next : winner), {
        text: '',
        share: 0,
      });
      const whole = shareOf(terms, texts.join(' '));
      const text = best.text === '' ? (sentences[0]?.text ?? '') : best.text;
      return {
        rerankerScore: Math.round((2.5 * whole + 1.5 * best.share) * 10_000) / 10_000,
        captions: [{ text, highlights: highlight(text, terms, tags) ?? '' }],
      };
    },
  };
}

/** The share of the query that a text covers. */
function shareOf(terms: ReadonlySet<string>, text: string): number {
  if (terms.size === 0) return 0;
  const present = new Set(analyze(text, analyzer));
  return [...terms].filter((term) => present.has(term)).length / terms.size;
}

function prioritizedFields(schema: IndexSchema, name: string | undefined): string[] {
  const settings = record(schema.definition['semantic'] ?? {});
  const configurations = (settings['configurations'] ?? []) as readonly SemanticConfiguration[];
  const wanted = name ?? settings['defaultConfiguration'];
  const found = configurations.find((entry) => entry.name === wanted);
  if (found === undefined)
    throw badParameter('semanticConfiguration', `Unknown semantic configuration '${String(wanted)}'.`);
  const { titleField, prioritizedContentFields, prioritizedKeywordsFields } = found.prioritizedFields ?? {};
  const fields = [
    ...(prioritizedContentFields ?? []),
    ...(titleField ? [titleField] : []),
    ...(prioritizedKeywordsFields ?? []),
  ];
  return fields.flatMap(({ fieldName }) => fieldName ?? []);
}

interface SemanticConfiguration {
  readonly name?: string;
  readonly prioritizedFields?: {
    readonly titleField?: FieldReference | null;
    readonly prioritizedContentFields?: readonly FieldReference[];
    readonly prioritizedKeywordsFields?: readonly FieldReference[];
  };
}

interface FieldReference {
  readonly fieldName?: string;
}

/** `extractive|count-3,threshold-0.7`. */
export function readExtraction(
  setting: unknown,
): { readonly count: number; readonly threshold: number } | undefined {
  if (typeof setting !== 'string' || !setting.startsWith('extractive')) return undefined;
  return {
    count: Number(/count-(\d+)/.exec(setting)?.[1] ?? 1),
    threshold: Number(/threshold-([\d.]+)/.exec(setting)?.[1] ?? 0.7),
  };
}
