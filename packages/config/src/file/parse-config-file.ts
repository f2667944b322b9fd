import { ConfigError } from '../errors.ts';
import { duplicateKeyAt } from './duplicate-key.ts';

/** The value in a JSON or YAML text. Errors give the line, and never a part of the text: it may hold a secret. */
export async function parseConfigFile(text: string, source: string): Promise<unknown> {
  const content = text.replace(/^\uFEFF/, '');
  try {
    return source.endsWith('.json') ? parseJson(content) : await parseYaml(content);
  } catch (error) {
    throw new ConfigError([{ path: '', message: problem(error, source) }], { source });
  }
}

function parseJson(content: string): unknown {
  const value: unknown = JSON.parse(content);
  const twice = duplicateKeyAt(content);
  if (twice !== undefined) throw keyTwice(content, twice);
  return value;
}

/** Nobody can tell which of the two is meant, and the ignored one may be the policy. */
function keyTwice(content: string, at: number): SyntaxError {
  const before = content.slice(0, at).split('\n');
  return new SyntaxError(`twice: line ${before.length} column ${(before.at(-1)?.length ?? 0) + 1}`);
}

/** Anchors, aliases and tags in one file; no config needs more, and the parser needs quadratic time for them. */
const maxMarks = 1000;

async function parseYaml(content: string): Promise<unknown> {
  if ((content.match(/[\s,[{:][!&*]/g)?.length ?? 0) > maxMarks) throw new ReferenceError();
  const { parseDocument, visit } = await import('yaml');
  // The parser compares every key with every other one, which is slow; a set is fast.
  const document = parseDocument(content, { schema: 'core', logLevel: 'error', uniqueKeys: false });
  const [error] = document.errors;
  if (error !== undefined) throw error.message.includes('call stack') ? new RangeError() : error;
  visit(document, {
    Map(_, { items }) {
      const keys = new Set<string>();
      for (const { key } of items) {
        const name = String(key);
        if (keys.has(name)) throw keyTwice(content, startOf(key));
        keys.add(name);
      }
    },
  });
  return document.toJS({ maxAliasCount: 100 }) as unknown;
}

function startOf(node: unknown): number {
  return (node as { readonly range?: readonly number[] | null }).range?.[0] ?? 0;
}

function problem(error: unknown, source: string): string {
  const language = source.endsWith('.json') ? 'JSON' : 'YAML';
  if (error instanceof RangeError) return `Not a config: ${language} nested too deeply.`;
  if (error instanceof ReferenceError) {
    return error.message.startsWith('Unresolved alias')
      ? 'Not a config: a YAML alias ("*…") has no anchor. Put quotes around a text that begins with "*".'
      : 'Not a config: its YAML aliases grow beyond measure.';
  }
  const where = lineOf(error);
  if (where !== undefined && error instanceof SyntaxError && error.message.startsWith('twice')) {
    return `Not ${language}: look at line ${where.line}, column ${where.column}, where a key is given for the second time. Keep one of the two.`;
  }
  return where === undefined
    ? `Not ${language}.`
    : `Not ${language}: look at line ${where.line}, column ${where.column}.`;
}

function lineOf(error: unknown): { readonly line: number; readonly column: number } | undefined {
  const yaml = (error as { linePos?: readonly { line: number; col: number }[] }).linePos?.[0];
  if (yaml !== undefined) return { line: yaml.line, column: yaml.col };
  const json = /line (\d+) column (\d+)/.exec(error instanceof Error ? error.message : '');
  return json === null ? undefined : { line: Number(json[1]), column: Number(json[2]) };
}
