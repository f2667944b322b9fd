/** The words of a text in lower case and without accents, in order. */
export function words(text: string): string[] {
  const folded = hasAccents.test(text) ? text.normalize('NFD').replace(/\p{M}/gu, '') : text;
  const split = folded.replace(humps, '$1 $2').toLowerCase().match(word) ?? [];
  return ideographs.test(text) ? split.flatMap(pairs) : split;
}

/** The stems of the content words, in order: texts on the same subject share them. */
export function stems(text: string): string[] {
  const found: string[] = [];
  for (const each of words(text.replace(askedFor, ' '))) if (!stopWords.has(each)) found.push(stem(each));
  return found;
}

/** A word without its commonest endings: "refunds", "refunded" and "refundable" meet in "refund". */
export function stem(text: string): string {
  const known = stemCache.get(text);
  if (known !== undefined) return known;
  let stemmed = text;
  for (const [ending, replacement, rest] of endings) {
    if (stemmed.endsWith(ending) && stemmed.length - ending.length >= rest) {
      stemmed = stemmed.slice(0, -ending.length) + replacement;
    }
  }
  if (stemCache.size > 20_000) stemCache.clear();
  stemCache.set(text, stemmed);
  return stemmed;
}

const stemCache = new Map<string, string>();
/** “Tell me about” asks; “whom do I tell” is about telling. */
const askedFor = /\btell (?:me|us)\b/gi;
const hasAccents = /[À-ɏḀ-ỿ]/;
const ideographs = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;
const humps = /([a-z0-9])([A-Z])/g;
const word = /[\p{L}\p{N}]+/gu;

/** Languages that write no spaces are compared by pairs of characters. */
function pairs(text: string): string[] {
  if (!ideographs.test(text) || text.length < 3) return [text];
  return Array.from({ length: text.length - 1 }, (_, index) => text.slice(index, index + 2));
}

/** Applied in this order, each at most once: `[ending, replacement, letters that must remain]`. */
const endings: readonly (readonly [string, string, number])[] = [
  ['ies', 'y', 2],
  ['sses', 'ss', 2],
  ['s', '', 3],
  ['ment', '', 4],
  ['ation', 'at', 3],
  ['ing', '', 3],
  ['able', '', 4],
  ['ible', '', 4],
  ['ed', '', 3],
  ['ly', '', 3],
  ['ate', 'at', 3],
  ['e', '', 3],
];

const stopWords: ReadonlySet<string> = new Set(
  `a an the and or but nor so as at by for from in into of off on onto to up with without within about over under
  is are was were be been being am do does did done doing have has had having can could may might must shall should
  will would i me my mine we us our you your he him his she her it its they them their this that these those there
  here what which who whom whose when where why how if then than not no yes please need needs give show get let s t re ve
  ll d m also any some all just very more most much many such other than too only own same again
  der die das den dem des ein eine einer eines und oder ist sind wie was wer wo wann ich wir sie es zu im mit von
  le la les un une des et ou est sont que qui quoi je nous vous il elle de du au aux dans pour
  el los las una y o es son que quien como donde yo nosotros en del al para por`.split(/\s+/),
);
