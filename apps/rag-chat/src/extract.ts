import { basename, extname } from 'node:path';

/** The text of a file, with its headings written as in Markdown. */
export interface Extracted {
  readonly title: string;
  readonly text: string;
}

/** What can be read, by the end of the name. */
export const readable: readonly string[] = ['.md', '.txt', '.html', '.htm', '.pdf', '.docx'];

/** @throws when the file is broken or holds no text. */
export async function extract(name: string, bytes: Uint8Array): Promise<Extracted> {
  const text = (await textOf(extname(name).toLowerCase(), bytes)).replaceAll('\r\n', '\n').trim();
  if (text === '') throw new Error('It holds no text.');
  const title = /^#[ \t]+(.+)$/m.exec(text)?.[1] ?? basename(name, extname(name)).replaceAll(/[-_]+/g, ' ');
  return { title: title.trim(), text };
}

async function textOf(ending: string, bytes: Uint8Array): Promise<string> {
  switch (ending) {
    case '.html':
    case '.htm':
      return fromHtml(decode(bytes));
    case '.docx':
      return fromWord(bytes);
    case '.pdf':
      return fromPdf(bytes);
    default:
      return decode(bytes);
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

async function fromPdf(bytes: Uint8Array): Promise<string> {
  const { extractText, getDocumentProxy } = await import('unpdf');
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 }), {
    mergePages: false,
  });
  const pages = text.map((page, index) => {
    const lines = page.split('\n').map((line) => line.trim());
    const title = index === 0 ? `# ${lines.shift() ?? ''}\n\n` : '';
    return `${title}## Page ${index + 1}\n\n${paragraphs(lines)}`;
  });
  return pages.join('\n\n');
}

/** Lines of a page end where the paper does; a short line without a full stop is a heading. */
function paragraphs(lines: readonly string[]): string {
  return lines
    .map((line) => {
      if (line.length <= 50 && /^\p{Lu}.*[\p{L}\d)]$/u.test(line)) return `\n\n### ${line}\n\n`;
      return /[.:!?]$/.test(line) ? `${line}\n` : `${line} `;
    })
    .join('')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

async function fromWord(bytes: Uint8Array): Promise<string> {
  const { default: mammoth } = await import('mammoth');
  const { value } = await mammoth.convertToHtml({ buffer: Buffer.from(bytes) });
  return fromHtml(value);
}

const skipped = new Set([
  'SCRIPT',
  'STYLE',
  'NAV',
  'HEADER',
  'FOOTER',
  'ASIDE',
  'TEMPLATE',
  'NOSCRIPT',
  'HEAD',
]);
const blocks = new Set(['P', 'DIV', 'SECTION', 'ARTICLE', 'MAIN', 'UL', 'OL', 'TABLE', 'BLOCKQUOTE', 'BODY']);

async function fromHtml(html: string): Promise<string> {
  const { parseHTML } = await import('linkedom');
  // Its types are those of a browser, which a server's program does not have.
  const { document } = parseHTML(
    html.includes('<html') ? html : `<html><body>${html}</body></html>`,
  ) as unknown as { readonly document: HtmlDocument };
  const root = document.querySelector('main') ?? document.querySelector('article') ?? document.body;
  return write(root)
    .replaceAll(/[ \t]+/g, ' ')
    .replaceAll(/ ?\n ?/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n');
}

interface HtmlDocument {
  readonly body: HtmlNode;
  querySelector(selector: string): HtmlNode | null;
}

/** As much of the DOM as is needed here. */
interface HtmlNode {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly textContent: string | null;
  readonly childNodes: Iterable<HtmlNode>;
}

function write(node: HtmlNode): string {
  if (node.nodeType === 3) return (node.textContent ?? '').replaceAll(/\s+/g, ' ');
  // Comments are not read by people either.
  if (node.nodeType !== 1 || skipped.has(node.nodeName)) return '';
  const inner = Array.from(node.childNodes, write).join('');
  const level = /^H([1-6])$/.exec(node.nodeName)?.[1];
  if (level !== undefined) return `\n\n${'#'.repeat(Number(level))} ${inner.trim()}\n\n`;
  if (node.nodeName === 'LI') return `\n- ${inner.trim()}`;
  if (node.nodeName === 'TR') return `\n${inner.trim()}`;
  if (node.nodeName === 'TD' || node.nodeName === 'TH') return `${inner.trim()} · `;
  if (node.nodeName === 'BR') return '\n';
  return blocks.has(node.nodeName) ? `\n\n${inner}\n\n` : inner;
}
