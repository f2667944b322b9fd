import { harmlessCompletion } from '../filters/filter-results.ts';
import { frame } from '../service/wire-response.ts';
import type { Choice } from './choice.ts';
import type { Completion } from './write-completion.ts';

/** How much text goes out before the filter has a word to say about it: far less than the docs allow. */
const checkedCharacters = 200;

/**
 * Puts what the filter has to say so far between the chunks of a text, which begin at `from`: verdicts arrive while the
 * text still goes on (docs/wire/streams.md#6.3). What it finds in the end, it has not found yet.
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

/** One delta-less chunk for each group of verdicts. In a cut stream the last one says that it is over. */
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
