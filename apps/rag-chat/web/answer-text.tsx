import { lazy, Suspense, useState, type ReactNode } from 'react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { exactWords, withMarks } from './exact-words.tsx';
import type { Source } from './use-chat.ts';

// The panel is not needed for the first paint.
const DocumentPanel = lazy(() =>
  import('./document-panel.tsx').then(({ DocumentPanel: panel }) => ({ default: panel })),
);

interface AnswerTextProps {
  readonly text: string;
  readonly sources: readonly Source[];
  readonly isWriting: boolean;
}

/**
 * An answer as paragraphs, lists and bold words, with a button for each citation. It knows no links and no images, so nothing
 * that a document has smuggled into an answer can lead anywhere.
 */
export function AnswerText({ text, sources, isWriting }: AnswerTextProps) {
  const blocks = text
    .trim()
    .split(/\n{2,}|\n(?=\s*(?:[-*•]|\d+\.)\s)|(?<=\n\s*(?:[-*•]|\d+\.)\s[^\n]*)\n(?!\s*(?:[-*•]|\d+\.)\s)/);
  const groups: { readonly isList: boolean; readonly items: string[] }[] = [];
  for (const block of blocks) {
    const item = /^\s*(?:[-*•]|\d+\.)\s+([\s\S]*)$/.exec(block)?.[1];
    const current = groups.at(-1);
    if (item !== undefined && current?.isList === true) current.items.push(item);
    else groups.push({ isList: item !== undefined, items: [item ?? block] });
  }
  return (
    <div className={isWriting ? 'answer writing' : 'answer'}>
      {groups.map(({ isList, items }, index) =>
        isList ? (
          <ul key={index}>
            {items.map((item, at) => (
              <li key={at}>{inline(item, sources)}</li>
            ))}
          </ul>
        ) : (
          <p key={index}>{inline(items[0] ?? '', sources)}</p>
        ),
      )}
    </div>
  );
}

function inline(text: string, sources: readonly Source[]): ReactNode[] {
  let claim = '';
  return text.split(/(\s*\[\d+\]|\*\*[^*]+\*\*)/).map((part, index) => {
    const number = /\[(\d+)\]/.exec(part)?.[1];
    if (number !== undefined) {
      const source = sources[Number(number) - 1];
      return source === undefined ? null : (
        <Citation key={index} number={Number(number)} source={source} claim={claim} />
      );
    }
    claim = part.trim() === '' ? claim : part;
    const bold = /^\*\*([^*]+)\*\*$/.exec(part)?.[1];
    return bold === undefined ? part : <strong key={index}>{bold}</strong>;
  });
}

interface CitationProps {
  readonly number: number;
  readonly source: Source;
  /** What it stands behind. */
  readonly claim: string;
}

function Citation({ number, source, claim }: CitationProps) {
  const [isOpen, setOpen] = useState(false);
  const marks = exactWords(source.text, claim);
  return (
    <>
      <DialogTrigger>
        <Button className="cite" aria-label={`Source ${number}: ${source.title}`}>
          {number}
        </Button>
        <Popover className="popover source">
          <Dialog aria-label={`Source ${number}`}>
            {({ close }) => (
              <>
                <div>
                  <h3>{source.title}</h3>
                  <p className="quiet">{[source.heading, source.document].filter(Boolean).join(' · ')}</p>
                </div>
                <blockquote>
                  {withMarks(withoutHeadings(source.text), exactWords(withoutHeadings(source.text), claim))}
                </blockquote>
                <Button
                  className="button secondary"
                  onPress={() => {
                    close();
                    setOpen(true);
                  }}
                >
                  Open the document
                </Button>
              </>
            )}
          </Dialog>
        </Popover>
      </DialogTrigger>
      {isOpen && (
        <Suspense>
          <DocumentPanel
            source={source}
            marks={marks}
            onClose={() => {
              setOpen(false);
            }}
          />
        </Suspense>
      )}
    </>
  );
}

function withoutHeadings(text: string): string {
  return text.replaceAll(/^#+ .*$/gm, '').trim();
}
