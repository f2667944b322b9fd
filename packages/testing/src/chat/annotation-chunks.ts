import { harmlessCompletion } from '../filters/filter-results.ts';
import { frame } from '../service/wire-response.ts';
import type { Choice } from './choice.ts';
import type { Completion } from './write-completion.ts';

/** How much text is sent before a verdict comes: far less than the documentation allows. */
const checkedCharacters = 200;

/**
 * Inserts verdicts between the chunks of a text, which begin at `from`: they arrive while the text goes on
 * (docs/wire/streams.md#6.3). These early verdicts have found nothing yet.
 */
export function insertAnnotations(frames: string[], completion: Completion, choice: Choice): void {
  let length = 0;
  let checked = 0;
  let at = 0;
  for (const piece of choice.pieces()) {
    at += 1;
    length += piece.length;
    if (length - checked < checkedCharacters || at === frames.length) continue;
    checked = length;
    frames.splice(at, 0, annotation(completion, choice, { group: harmless, length }));
    at += 1;
  }
}

const { hate, self_harm, sexual, violence } = harmlessCompletion;
const harmless = { hate, self_harm, sexual, violence };

/** One delta-less chunk for each group of verdicts. In a cut stream the last one has the `finish_reason`. */
export function* annotations(completion: Completion, choice: Choice, isCut: boolean): Iterable<string> {
  const { hate, self_harm, sexual, violence, ...others } = choice.filter;
  const graded = { hate, self_harm, sexual, violence };
  const groups = [graded, ...Object.entries(others).map(([name, verdict]) => ({ [name]: verdict }))];
  const { length } = choice.content ?? '';
  for (const [position, group] of groups.entries())
    yield annotation(completion, choice, { group, length, isEnd: isCut && position === groups.length - 1 });
}

interface Verdict {
  readonly group: object;
  /** How much of the text it is about. */
  readonly length: number;
  readonly isEnd?: boolean;
}

function annotation(
  completion: Completion,
  choice: Choice,
  { group, length, isEnd = false }: Verdict,
): string {
  // Offsets count from the start of the prompt; the first two stand still (recordings against the docs).
  const start = completion.promptLength;
  return frame({
    choices: [
      {
        content_filter_offsets: { check_offset: start, start_offset: start, end_offset: start + length },
        content_filter_results: group,
        finish_reason: isEnd ? 'content_filter' : null,
        index: choice.index,
      },
    ],
    created: 0,
    id: '',
    model: '',
    object: '',
  });
}
