/** The sentences of a text, trimmed. A line is a sentence of its own, so that lists and tables keep their rows. */
export function sentences(text: string): string[] {
  const found: string[] = [];
  for (const line of joinWrappedLines(text).split('\n')) {
    let start = 0;
    for (const end of line.matchAll(boundary)) {
      const stop = end.index + end[0].length;
      const sentence = line.slice(start, stop).trim();
      if (abbreviation.test(sentence)) continue;
      found.push(sentence);
      start = stop;
    }
    const rest = line.slice(start).trim();
    if (rest !== '') found.push(rest);
  }
  return found;
}

/** A sign that ends a sentence, with closing quotes and a citation behind it. */
const boundary = /[.!?]+["'”’)\]]*(?=\s|$)|[。！？]+/g;
/** Or the number of a line of a list. */
const abbreviation =
  /^\d{1,3}\.$|(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|no|nr|mr|mrs|ms|dr|st|prof|approx|[a-z])\.$/i;

/** Text wrapped by hand goes on in the next line with a lower-case letter. */
function joinWrappedLines(text: string): string {
  return text.replace(/\r/g, '').replace(/([\p{Ll},;])[ \t]*\n(?=\p{Ll})/gu, '$1 ');
}
