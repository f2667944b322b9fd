import type { ReactNode } from 'react';
import type { Place, Redacted, Replacement } from './use-clinic.ts';

/** Exactly the text that will be sent, its placeholders coloured by kind. */
export function Preview({ redacted }: { readonly redacted: Redacted }) {
  const parts = redacted.text.split(/(\[[A-Z]+_\d+\])/);
  const count = new Set(redacted.replacements.map(({ placeholder }) => placeholder)).size;
  return (
    <div>
      <h3>What will be sent</h3>
      <div className="text sent">
        {parts.map((part, index) =>
          index % 2 === 1 ? (
            <span key={index} className={`placeholder ${groupOf(part)}`}>
              {part}
            </span>
          ) : (
            part
          ),
        )}
      </div>
      <p className="quiet">
        {count === 1 ? '1 placeholder' : `${count} placeholders`}. Read it: select words in the note to hide
        what was missed.
      </p>
    </div>
  );
}

interface MarkedProps {
  readonly text: string;
  readonly place: Place | undefined;
  readonly replacements: readonly Replacement[];
}

/** The note itself: what is replaced is coloured, the words of one item are marked. */
export function Marked({ text, place, replacements }: MarkedProps) {
  const edges = [
    0,
    text.length,
    ...replacements.flatMap(({ start, end }) => [start, end]),
    ...(place ? [place.start, place.end] : []),
  ];
  const cuts = [...new Set(edges)].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((start, index): ReactNode => {
    const end = cuts[index + 1] ?? text.length;
    const words = text.slice(start, end);
    const replaced = replacements.find((each) => each.start <= start && each.end >= end);
    const isMarked = place !== undefined && place.start <= start && place.end >= end;
    const shown =
      replaced === undefined ? (
        words
      ) : (
        <span className={`placeholder ${groupOf(replaced.placeholder)}`}>{words}</span>
      );
    return isMarked ? (
      <mark key={start} ref={scrollTo}>
        {shown}
      </mark>
    ) : (
      <span key={start}>{shown}</span>
    );
  });
}

function scrollTo(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'center' });
}

/** Eighteen kinds in four colours; the placeholder itself says the kind. */
function groupOf(placeholder: string): string {
  const kind = /[A-Z]+/.exec(placeholder)?.[0] ?? '';
  if (kind === 'NAME') return 'of-person';
  if (kind === 'DATE' || kind === 'AGE') return 'of-time';
  return kind === 'PLACE' || kind === 'EMPLOYER' ? 'of-place' : 'of-number';
}
