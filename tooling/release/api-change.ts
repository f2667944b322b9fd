/** What happened to the public types of a package: a user can break on the last one only. */
export type ApiChange = 'none' | 'addition' | 'breaking';

export type Size = 'patch' | 'minor' | 'major';

const sizes: readonly Size[] = ['patch', 'minor', 'major'];

/**
 * Compares reports of API Extractor. A line that is gone, or reads otherwise, breaks; a new line does not. That is a
 * rule of thumb: a new required property of something that users write is found by the reviewer of the report.
 */
export function sizeOf(reports: readonly { readonly before: string; readonly after: string }[]): ApiChange {
  let change: ApiChange = 'none';
  for (const { before, after } of reports) {
    const [old, now] = [declarations(before), declarations(after)];
    if ([...old].some((line) => !now.has(line))) return 'breaking';
    if ([...now].some((line) => !old.has(line))) change = 'addition';
  }
  return change;
}

/** The lines of a report, each with those that it stands in; without imports, comments and order. */
function declarations(report: string): Set<string> {
  const lines = new Set<string>();
  const around: { readonly indent: number; readonly text: string }[] = [];
  for (const line of report.split('\n')) {
    const text = line.trim();
    if (text === '' || /^(\/\/|```|#|>|import |[}\])]+[;,]?$)/.test(text)) continue;
    const indent = line.length - line.trimStart().length;
    while ((around.at(-1)?.indent ?? -1) >= indent) around.pop();
    around.push({ indent, text });
    lines.add(around.map((each) => each.text).join(' '));
  }
  return lines;
}

/** The smallest changeset that a change asks for. Before 1.0.0 a minor release may break, as npm's `^` reads it. */
export function neededSize(change: ApiChange, version: string): Size | undefined {
  if (change === 'none') return undefined;
  const isStable = !version.startsWith('0.');
  if (change === 'breaking') return isStable ? 'major' : 'minor';
  return isStable ? 'minor' : 'patch';
}

export function isEnough(found: readonly Size[], needed: Size | undefined): boolean {
  return needed === undefined || found.some((size) => sizes.indexOf(size) >= sizes.indexOf(needed));
}

/** What changesets say of a package. */
export function sizesOf(name: string, changesets: readonly string[]): Size[] {
  return changesets.flatMap((text) => {
    const [, head = ''] = text.split(/^---$/m);
    const size = new RegExp(`^['"]?${name}['"]?:\\s*(\\w+)`, 'm').exec(head)?.[1];
    return sizes.filter((each) => each === size);
  });
}
