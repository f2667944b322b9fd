import { frame } from '../service/wire-response.ts';
import type { Choice } from './choice.ts';
import type { Completion } from './write-completion.ts';

/** One delta-less chunk for each group of verdicts. In a cut stream the last one says that it is over. */
export function* annotations(completion: Completion, choice: Choice, isCut: boolean): Iterable<string> {
  const { hate, self_harm, sexual, violence, ...others } = choice.filter;
  const graded = { hate, self_harm, sexual, violence };
  const groups = [graded, ...Object.entries(others).map(([name, verdict]) => ({ [name]: verdict }))];
  // Offsets count from the start of the prompt, and stand still (wire.md 6.3: recordings against the docs).
  const start = completion.promptLength;
  const offsets = {
    check_offset: start,
    start_offset: start,
    end_offset: start + (choice.content ?? '').length,
  };
  for (const [position, group] of groups.entries()) {
    const isLast = position === groups.length - 1;
    const finish_reason = isCut && isLast ? 'content_filter' : null;
    yield frame({
      choices: [
        {
          content_filter_offsets: offsets,
          content_filter_results: group,
          finish_reason,
          index: choice.index,
        },
      ],
      created: 0,
      id: '',
      model: '',
      object: '',
    });
  }
}
