import { ConfigError } from '../errors.ts';

/** The value in a JSON or YAML text. Errors give the line, and never a part of the text: it may hold a secret. */
export async function parseConfigFile(text: string, source: string): Promise<unknown> {
  const content = text.replace(/^\uFEFF/, '');
  try {
    return source.endsWith('.json') ? (JSON.parse(content) as unknown) : await parseYaml(content);
  } catch (error) {
    throw new ConfigError([{ path: '', message: problem(error, source) }], { source });
  }
}

/** Anchors, aliases and tags in one file; no config needs as many, and the parser slows down with their square. */
const maxMarks = 1000;

async function parseYaml(content: string): Promise<unknown> {
  if ((content.match(/[\s,[{:][!&*]/g)?.length ?? 0) > maxMarks) throw new ReferenceError();
  const { parseDocument, visit } = await import('yaml');
  // The parser compares every key with every other; a set does the same in no time.
  const document = parseDocument(content, { schema: 'core', logLevel: 'error', uniqueKeys: false });
  const [error] = document.errors;
  if (error !== undefined) throw error.message.includes('call stack') ? new RangeError() : error;
  visit(document, {
    Map(_, { items }) {
      const keys = new Set<string>();
      for (const { key } of items) {
        const name = String(key);
        if (keys.has(name)) throw new SyntaxError(`line ${lineAt(content, key)} column 1`);
        keys.add(name);
      }
    },
  });
  return document.toJS({ maxAliasCount: 100 }) as unknown;
}

/** Line of a node, from 1. */
function lineAt(content: string, node: unknown): number {
  const start = (node as { readonly range?: readonly number[] | null }).range?.[0] ?? 0;
  return content.slice(0, start).split('\n').length;
}

function problem(error: unknown, source: string): string {
  const language = source.endsWith('.json') ? 'JSON' : 'YAML';
  if (error instanceof RangeError) return `Not a config: ${language} nested too deeply.`;
  if (error instanceof ReferenceError) return 'Not a config: its YAML aliases grow beyond measure.';
  const where = lineOf(error);
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
