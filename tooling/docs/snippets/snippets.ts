import { fromMarkdown } from 'mdast-util-from-markdown';
import type { Nodes } from 'mdast';

/** One TypeScript block of a page. */
export interface Snippet {
  /** The name in brackets after the language, such as `aoai.config.ts`; other snippets of the page may import it. */
  readonly fileName: string;
  /** A module whose lines have the numbers that they have on the page. */
  readonly source: string;
  /** `ts run`: it is run against the mock as well. */
  readonly runs: boolean;
  /** What it prints when it is run: the `text` block that follows it. */
  readonly prints: string | undefined;
}

/** What the run of one came to. */
export interface Played {
  readonly path: string;
  readonly printed: string;
  /** What it threw, with the stack. */
  readonly error?: string | undefined;
}

/**
 * The TypeScript blocks of a page. Each is a module of its own. What a reader does not need to see, such as an import that
 * every block would repeat, stands in a comment right before the block: `<!-- given: import … -->`.
 */
export function snippetsOf(page: string): readonly Snippet[] {
  const nodes = flat(fromMarkdown(page));
  return nodes.flatMap((node, index) => {
    if (node.type !== 'code' || !/^(?:ts|typescript)$/.test(node.lang ?? '')) return [];
    const line = startLine(node);
    const source = new Map(linesOf(node.value, line + 1));
    for (const [at, text] of givenBefore(nodes[index - 1])) source.set(at, text);
    const after = nodes[index + 1];
    return [
      {
        fileName: /\[([\w.-]+)\]/.exec(node.meta ?? '')?.[1] ?? `line-${line}.ts`,
        source: Array.from({ length: Math.max(...source.keys()) }, (_, at) => source.get(at + 1) ?? '').join(
          '\n',
        ),
        runs: /\brun\b/.test(node.meta ?? ''),
        prints: after?.type === 'code' && after.lang === 'text' ? after.value : undefined,
      },
    ];
  });
}

/** The blocks of a page in reading order; those in lists and quotes too. */
function flat(node: Nodes): readonly Nodes[] {
  if (!('children' in node) || node.type === 'paragraph') return [node];
  return node.children.flatMap(flat);
}

function givenBefore(node: Nodes | undefined): readonly (readonly [number, string])[] {
  if (node?.type !== 'html') return [];
  const given = /^<!--\s*given:([\s\S]*)-->\s*$/.exec(node.value)?.[1];
  return given === undefined ? [] : linesOf(given, startLine(node));
}

function linesOf(text: string, first: number): readonly (readonly [number, string])[] {
  return text.split('\n').map((line, at) => [first + at, line] as const);
}

function startLine(node: Nodes): number {
  const line = node.position?.start.line;
  if (line === undefined) throw new Error(`A parsed ${node.type} has no position.`);
  return line;
}
