/** Lets through of an answer what may be shown: text, and numbers of sources that were given. */
export interface CitationFilter {
  /** The next piece of the answer, as far as it can be judged already. */
  push(text: string): string;
  /** What was held back. */
  end(): string;
  /** Numbers of the sources that were cited, in order, each once. */
  readonly cited: readonly number[];
}

/** Longer brackets are text. */
const longest = 300;

/**
 * Checks an answer while it streams. A citation of a source that was not given is removed; of a link its words stay, of an image
 * nothing, so that no document can make an answer point anywhere.
 */
export function filterCitations(sourceCount: number): CitationFilter {
  const cited = new Set<number>();
  let held = '';

  function clean(text: string): string {
    return text
      .replaceAll(/!\[[^\]]*\]\([^)]*\)/g, '')
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll(/ ?\[([\d,\s]+)\]/g, (whole, list: string) => {
        const numbers = list.split(',').map(Number);
        const known = numbers.filter((number) => number >= 1 && number <= sourceCount);
        for (const number of known) cited.add(number);
        const space = whole.startsWith(' ') && known.length > 0 ? ' ' : '';
        return space + known.map((number) => `[${number}]`).join('');
      });
  }

  return {
    push(text) {
      held += text;
      const end = judgeable(held);
      const ready = held.slice(0, end);
      held = held.slice(end);
      return clean(ready);
    },
    end() {
      const rest = held;
      held = '';
      return clean(rest);
    },
    get cited() {
      return [...cited];
    },
  };
}

/** Up to where nothing is open: a bracket, the parenthesis of a link, or a space that a removed citation would leave behind. */
function judgeable(text: string): number {
  const open = /(?: ?!?\[[^\]]*| ?!?\[[^\]]*\](?:\([^)]*)?| |!| !)$/.exec(text);
  return open === null || open[0].length > longest ? text.length : open.index;
}
