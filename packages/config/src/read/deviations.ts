import * as v from 'valibot';
import { pathText, type Path } from './path.ts';

/** One way in which a value is not what a schema says. */
export interface Deviation {
  readonly path: Path;
  /** The known fields, when the last key of the path is not one of them. */
  readonly known?: readonly string[];
}

/** Every way in which a value is not what a schema says, one for each place. */
export function deviations(schema: v.GenericSchema, value: unknown): readonly Deviation[] {
  const stray = strayFields(schema, value, []);
  const result = new Map<string, Deviation>();
  for (const issue of v.safeParse(schema, value).issues ?? []) {
    const path = (issue.path ?? []).map(({ key }) => key as string | number);
    const isCovered = stray.some((each) => each.path.every((key, index) => key === path[index]));
    if (!isCovered && !result.has(pathText(path))) result.set(pathText(path), { path });
  }
  return [...result.values(), ...stray];
}

/** Deviations that the library does not report: unknown fields after the first one, and lists in place of objects. */
function strayFields(schema: v.GenericSchema, value: unknown, path: Path): readonly Deviation[] {
  const entries = entriesOf(schema);
  if (entries === undefined || typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return [{ path }];
  return Object.entries(value).flatMap(([key, item]): readonly Deviation[] => {
    const field = Object.hasOwn(entries, key) ? entries[key] : undefined;
    return field === undefined
      ? [{ path: [...path, key], known: Object.keys(entries) }]
      : strayFields(field, item, [...path, key]);
  });
}

type Entries = Readonly<Record<string, v.GenericSchema>>;

/** The fields of an object schema, also of an optional one. */
function entriesOf(schema: v.GenericSchema): Entries | undefined {
  const { entries, wrapped } = schema as { readonly entries?: Entries; readonly wrapped?: v.GenericSchema };
  return wrapped === undefined ? entries : entriesOf(wrapped);
}
