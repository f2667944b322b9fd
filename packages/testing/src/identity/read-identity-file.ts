import { readFile } from 'node:fs/promises';
import type { BaseIssue } from 'valibot';
import { createDirectory } from './directory.ts';
import type { IdentityFile } from './identity-file.ts';

/**
 * Reads the apps, people, groups and roles of a tenant from a YAML or JSON file: what `startMockAzure` takes as
 * `identity`, and what its vault holds. Its JSON Schema is `@aoai/testing/identity.schema.json`.
 * @throws {TypeError} for a file that cannot be read or says something else, with every problem and its place.
 */
export async function readIdentityFile(path: string): Promise<IdentityFile> {
  const value = await parse(path, await textOf(path));
  // Most mocks have no such file: the validator is loaded by those that do.
  const [v, { identityFileSchema }] = await Promise.all([
    import('valibot'),
    import('./identity-file-schema.ts'),
  ]);
  const result = v.safeParse(identityFileSchema(), value);
  const lists = listsForMaps(value);
  if (lists.length > 0) throw invalid(path, lists.join('\n'));
  if (!result.success) {
    const problems = result.issues.map((issue) => `${placeOf(v.getDotPath(issue))}${problemOf(issue)}`);
    throw invalid(path, problems.join('\n'));
  }
  const identity: IdentityFile & { $schema?: unknown } = result.output;
  delete identity.$schema;
  try {
    // The names that it mentions have to exist.
    createDirectory(identity);
  } catch (error) {
    throw invalid(path, (error as Error).message);
  }
  return identity;
}

async function textOf(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : code;
    throw new TypeError(`Cannot read the identity file ${JSON.stringify(path)}: ${reason}.`, {
      cause: error,
    });
  }
}

/** The parser's own words can quote the file, and with it a secret: the place is enough. */
async function parse(path: string, text: string): Promise<unknown> {
  if (path.endsWith('.json')) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw invalid(path, 'It is not JSON.');
    }
  }
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { logLevel: 'error' });
  const [error] = document.errors;
  const line = error?.linePos?.[0].line;
  if (error !== undefined) throw invalid(path, `It is not YAML: look at line ${line ?? 1}.`);
  return document.toJS({ maxAliasCount: 100 }) as unknown;
}

function invalid(path: string, problem: string): TypeError {
  return new TypeError(`Invalid identity file ${JSON.stringify(path)}: ${problem}`);
}

function placeOf(place: string | null): string {
  return place === null ? '' : `${place}: `;
}

function problemOf({ type, kind, expected, received }: BaseIssue<unknown>): string {
  if (type === 'strict_object' && expected === 'never') return 'there is no such key here. Remove it.';
  if (kind === 'validation')
    return `is no ${type === 'url' ? 'address' : type === 'regex' ? 'GUID' : 'name'}.`;
  // What was found may be a secret that stands in the wrong place.
  const found = received.startsWith('"') ? 'a text' : wordFor(received);
  return `is ${found}. Give ${wordFor(expected ?? '')}.`;
}

function wordFor(expected: string): string {
  const words: Readonly<Record<string, string>> = {
    string: 'a text',
    boolean: 'true or false',
    Array: 'a list',
    Object: 'a map of names to values',
    null: 'nothing',
    undefined: 'nothing',
    '(string | Array)': 'a text or a list of texts',
  };
  return words[expected] ?? expected;
}

/** The validator takes a list for a map with numbers as names. */
function listsForMaps(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const sections = value as Readonly<Record<string, unknown>>;
  return ['apps', 'users', 'groups']
    .filter((name) => Array.isArray(sections[name]))
    .map((name) => `${name}: is a list. Give a map of names to values.`);
}
