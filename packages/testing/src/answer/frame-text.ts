const replies = String.raw`(?:each|every|all|your|any)\s+(?:of\s+your\s+)?(?:repl(?:y|ies)|answers?|responses?|messages?)`;
const quoted = String.raw`(?:"([^"\n]{1,100})"|'([^\n]{1,100}?)'(?![\p{L}])|[“‘]([^”’\n]{1,100})[”’])`;
const opening = new RegExp(
  String.raw`\b(?:begin|start|open|prefix)\s+${replies}\s+with\s+(?:the\s+words?\s+)?${quoted}`,
  'iu',
);
const closing = new RegExp(
  String.raw`\b(?:end|finish|close|sign)\s+${replies}\s+with\s+(?:the\s+words?\s+)?${quoted}`,
  'iu',
);

/** Begins and ends a text with the words that the instructions put in quotes: “Always begin your replies with 'Ahoy'”. */
export function frameText(text: string, instructions: string): string {
  const first = wordsOf(opening, instructions);
  const last = wordsOf(closing, instructions);
  const begun = first === undefined || text.startsWith(first) ? text : `${ended(first)} ${text}`;
  return last === undefined || begun.endsWith(last) ? begun : `${begun} ${last}`;
}

function wordsOf(pattern: RegExp, instructions: string): string | undefined {
  const match = pattern.exec(instructions);
  return match?.[1] ?? match?.[2] ?? match?.[3];
}

function ended(words: string): string {
  return /[\p{P}\p{S}]$/u.test(words) ? words : `${words}.`;
}
