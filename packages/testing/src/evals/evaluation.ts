import { isRecord, parseJson, shown } from '../answer/records.ts';
import { findFile } from '../files/file-store.ts';
import type { OperationRequest } from '../service/operation.ts';

type Json = Readonly<Record<string, unknown>>;

/** The result of one criterion for one item. */
interface Verdict {
  readonly name: string;
  readonly passed: boolean;
}

/** One item of a run, with its request and its results. */
export interface Judged {
  readonly item: Json;
  readonly output: string;
  readonly verdicts: readonly Verdict[];
}

/** The items of a run's data source: lines of a file, or given in the request. */
export function itemsOf(request: OperationRequest, dataSource: unknown): readonly Json[] {
  const source = isRecord(dataSource) && isRecord(dataSource['source']) ? dataSource['source'] : {};
  if (source['type'] === 'file_content' && Array.isArray(source['content']))
    return source['content'].filter(isRecord);
  if (source['type'] !== 'file_id') return [];
  // What the service says of a line that is no object is not established: it is left out, like one in the request.
  return findFile(request, shown(source['id']))
    .content.toString()
    .split('\n')
    .map(parseJson)
    .filter(isRecord);
}

/** Judges one item by the criteria that can be decided without a model; others pass. */
export function judge(row: Json, output: string, criteria: readonly unknown[]): Judged {
  const item = isRecord(row['item']) ? row['item'] : row;
  const sample = isRecord(row['sample']) ? row['sample'] : { output_text: output };
  const verdicts = criteria.filter(isRecord).map((criterion): Verdict => ({
    name: shown(criterion['name'] ?? criterion['type']),
    passed: criterion['type'] === 'string_check' ? holds(criterion, { item, sample }) : true,
  }));
  return { item, output: shown(sample['output_text'] ?? output), verdicts };
}

function at(value: Json, path: string): unknown {
  return (
    path.split('.').reduce<unknown>((found, key) => (isRecord(found) ? found[key] : undefined), value) ?? ''
  );
}

/** The input of a criterion or a grader. */
export interface Row {
  readonly item: Json;
  readonly sample: Json;
}

/** Fills a template: `{{item.answer}}`, `{{sample.output_text}}`. */
export function textOf(template: unknown, { item, sample }: Row): string {
  return shown(template).replace(/\{\{\s*(item|sample)\.([\w.]+)\s*\}\}/g, (_, of: string, path: string) =>
    shown(at(of === 'item' ? item : sample, path)),
  );
}

/** Whether a `string_check` holds. */
export function holds(criterion: Json, row: Row): boolean {
  const input = textOf(criterion['input'], row);
  const reference = textOf(criterion['reference'], row);
  switch (criterion['operation']) {
    case 'ne':
      return input !== reference;
    case 'like':
      return input.includes(reference);
    case 'ilike':
      return input.toLowerCase().includes(reference.toLowerCase());
    default:
      return input === reference;
  }
}
