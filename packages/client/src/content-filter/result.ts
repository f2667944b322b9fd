import { isFields } from '../fields.ts';

/** The categories Azure documents; a newer one arrives under its own name. */
export type ContentFilterCategory =
  | 'hate'
  | 'sexual'
  | 'violence'
  | 'self_harm'
  | 'profanity'
  | 'jailbreak'
  | 'indirect_attack'
  | 'protected_material_text'
  | 'protected_material_code'
  | 'ungrounded_material'
  | 'personally_identifiable_information'
  | 'custom_blocklists'
  | 'custom_topics';

export type ContentFilterSeverity = 'safe' | 'low' | 'medium' | 'high';

/** The result of one category, over all parts that were read. */
export interface ContentFilterResult {
  /** The filter acted, or (asynchronous filters) would have acted, on this category. */
  readonly filtered: boolean;
  readonly detected?: boolean;
  readonly severity?: ContentFilterSeverity;
  /** The blocklists, topics or kinds of personal data that matched, by id. */
  readonly matches?: readonly string[];
  /** The public code that the answer resembles. */
  readonly citation?: { readonly license?: string; readonly url?: string };
}

/** One group of categories: what was found in one prompt or in one choice. */
export type ContentFilterResults = Readonly<
  Partial<Record<ContentFilterCategory, ContentFilterResult>> &
    Record<string, ContentFilterResult | undefined>
>;

const severities = ['safe', 'low', 'medium', 'high'] as const;

/** The results of one group of an answer, by category. `error` is not a category. */
export function readResults(group: unknown): Record<string, ContentFilterResult> {
  const results: Record<string, ContentFilterResult> = {};
  if (!isFields(group)) return results;
  for (const [category, value] of Object.entries(group)) {
    if (category === 'error') continue;
    const result = readResult(value);
    if (result !== undefined) results[category] = result;
  }
  return results;
}

/** Adds `more` to `results`; for each category the worse finding stays. */
export function mergeResults(results: Record<string, ContentFilterResult>, more: ContentFilterResults): void {
  for (const [category, result] of Object.entries(more)) {
    if (result === undefined) continue;
    const before = results[category];
    results[category] = before === undefined ? result : worse(before, result);
  }
}

function readResult(value: unknown): ContentFilterResult | undefined {
  // Blocklists are an array on the wire and an object in the specification (docs/wire/streams.md#6.3).
  if (Array.isArray(value)) return { filtered: value.some(acted), ...matchesOf(value) };
  if (!isFields(value)) return undefined;
  const severity = severities.find((name) => name === value['severity']);
  const details = value['details'] ?? value['sub_categories'];
  return {
    filtered: value['filtered'] === true,
    ...(typeof value['detected'] === 'boolean' ? { detected: value['detected'] } : {}),
    ...(severity === undefined ? {} : { severity }),
    ...(Array.isArray(details) ? matchesOf(details) : {}),
    ...citationOf(value['citation']),
  };
}

function acted(detail: unknown): boolean {
  return isFields(detail) && (detail['filtered'] === true || detail['detected'] === true);
}

function matchesOf(details: readonly unknown[]): { matches?: readonly string[] } {
  const matches = details.filter(acted).flatMap((detail) => {
    const id = isFields(detail) ? (detail['id'] ?? detail['sub_category']) : undefined;
    return typeof id === 'string' ? [id] : [];
  });
  return matches.length === 0 ? {} : { matches };
}

function citationOf(value: unknown): { citation?: { license?: string; url?: string } } {
  if (!isFields(value)) return {};
  const { license } = value;
  const url = value['URL'] ?? value['url'];
  return {
    citation: {
      ...(typeof license === 'string' ? { license } : {}),
      ...(typeof url === 'string' ? { url } : {}),
    },
  };
}

function worse(a: ContentFilterResult, b: ContentFilterResult): ContentFilterResult {
  const severity = [a.severity, b.severity]
    .filter((name) => name !== undefined)
    .sort((x, y) => severities.indexOf(y) - severities.indexOf(x))[0];
  const matches = [...new Set([...(a.matches ?? []), ...(b.matches ?? [])])];
  const citation = b.citation ?? a.citation;
  return {
    filtered: a.filtered || b.filtered,
    ...(a.detected === undefined && b.detected === undefined
      ? {}
      : { detected: a.detected === true || b.detected === true }),
    ...(severity === undefined ? {} : { severity }),
    ...(matches.length === 0 ? {} : { matches }),
    ...(citation === undefined ? {} : { citation }),
  };
}
