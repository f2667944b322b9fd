import type { Comment, CommentDisplayPart, Reflection, SomeType } from 'typedoc';

/** What a comment says before its first tag, in one line. */
export function summary(comment: Comment | undefined): string {
  return comment === undefined ? '' : oneLine(comment.summary);
}

/** What a comment says under a tag, in one line. */
export function tagText(comment: Comment | undefined, tag: `@${string}`): string | undefined {
  const content = comment?.getTag(tag)?.content;
  return content === undefined ? undefined : oneLine(content);
}

function oneLine(parts: readonly CommentDisplayPart[]): string {
  const text = parts.map((part) => part.text).join('');
  return text
    .replaceAll(/^```\w*|```$/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** A type as code, on one line. */
export function typeText(type: SomeType | undefined): string {
  return code((type?.toString() ?? 'unknown').replaceAll(/\s+/g, ' '));
}

/** Inline code, whatever the text contains. */
export function code(text: string): string {
  const fence = text.includes('`') ? '``' : '`';
  return `${fence}${text}${fence}`;
}

/** A Markdown table. Cells may contain anything but a line break. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The package that a reflection is exported by: `@aoai/client`. */
export function packageOf(reflection: Reflection): string {
  return reflection.parent === undefined || reflection.parent.isProject()
    ? reflection.name
    : packageOf(reflection.parent);
}
