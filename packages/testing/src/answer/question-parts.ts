/**
 * The parts of a question that each want an answer: both sides of a comparison, and questions that are joined by
 * “and”. One part
 * is the question as it stands.
 */
export function questionParts(question: string): string[] {
  const text = question.trim();
  const compared =
    /^(?:please\s+)?(?:compare|contrast)\s+(.+?)\s+(?:and|with|to|against)\s+(.+?)[.?!]*$/i.exec(text) ??
    /\bdifferences? between\s+(.+?)\s+and\s+(.+?)[.?!]*$/i.exec(text) ??
    /^(.{3,60}?)\s+(?:vs\.?|versus)\s+(.{3,60}?)[.?!]*$/i.exec(text);
  if (compared !== null) return [compared[1] ?? '', compared[2] ?? ''];
  const joined = text
    .split(
      /,?\s+and\s+(?=(?:how|what|when|where|which|who|whom|whose|why|do|does|is|are|can|may|must)\b)|\?\s+/i,
    )
    .map((part) => part.trim())
    .filter((part) => part.split(/\s+/).length > 2);
  return joined.length > 1 && asks.test(joined[0] ?? '') ? joined : [text];
}

const asks = /\b(?:how|what|when|where|which|who|whom|whose|why|do|does|is|are|can|may|must)\b/i;
