const replies = String.raw`(?:each|every|all|your|any)\s+(?:of\s+your\s+)?(?:repl(?:y|ies)|answers?|responses?|messages?)`;
const quoted = String.raw`(?:"([^"\n]{1,120})"|'([^\n]{1,120}?)'(?!\p{L})|“([^”\n]{1,120})”|‘([^\n]{1,120}?)’(?!\p{L}))`;
const framing = String.raw`\s+${replies}\s+with\s+(?:the\s+words?\s+)?`;
const opening = String.raw`\b(?:begin|start|open|prefix)${framing}`;
const closing = String.raw`\b(?:end|finish|close|sign)${framing}`;

/** Begins and ends a text with the words that the instructions put in quotes: “Always begin your replies with 'Ahoy'”. */
export function frameText(text: string, instructions: string): string {
  const first = quotedAfter(opening, instructions);
  const last = quotedAfter(closing, instructions);
  const begun = first === undefined || text.startsWith(first) ? text : `${ended(first)} ${text}`;
  return last === undefined || begun.endsWith(last) ? begun : `${begun} ${last}`;
}

/** The words in quotes, with apostrophes in them, that a text holds behind `start`, a regular expression without groups. */
export function quotedAfter(start: string, text: string): string | undefined {
  const match = new RegExp(start + quoted, 'iu').exec(text);
  return match?.slice(1).find(Boolean);
}

function ended(words: string): string {
  return /[\p{P}\p{S}]$/u.test(words) ? words : `${words}.`;
}
