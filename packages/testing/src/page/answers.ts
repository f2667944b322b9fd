/** What was answered, as far as it is text: as a whole, or in frames that can be read again. */
export type AnswerBody = string | Iterable<string>;

/** The bodies of the last answers, for whoever opens a request on the page. */
export interface Answers {
  readonly keep: (sequence: number, body: AnswerBody) => void;
  /** The beginning of an answer. */
  readonly text: (sequence: number) => string | undefined;
}

/** As many as the page shows. */
const capacity = 50;

const longest = 20_000;

export function createAnswers(): Answers {
  const kept = new Map<number, AnswerBody>();
  return {
    keep(sequence, body) {
      kept.set(sequence, typeof body === 'string' && body.length > longest ? copied(body) : body);
      if (kept.size <= capacity) return;
      for (const oldest of kept.keys()) {
        kept.delete(oldest);
        return;
      }
    },
    text(sequence) {
      const body = kept.get(sequence);
      if (body === undefined || typeof body === 'string') return body;
      let text = '';
      for (const frame of body) {
        text += frame;
        if (text.length > longest) return `${text.slice(0, longest)}…`;
      }
      return text;
    },
  };
}

/** A part of a string keeps the whole alive, a copy does not. */
function copied(text: string): string {
  return `${Buffer.from(text.slice(0, longest)).toString()}…`;
}
