import { useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { Marked, Preview } from './preview.tsx';
import { SummaryView } from './summary.tsx';
import { ask, asRefusal } from './use-clinic.ts';
import type { NoteWithSummary, Place, Redacted } from './use-clinic.ts';

interface Mark extends Place {
  readonly kind: 'ID';
}

interface NoteViewProps {
  readonly patient: string;
  readonly note: NoteWithSummary;
  readonly onChange: () => Promise<void>;
}

/** The note left, what will be sent right, and under both what came back. */
export function NoteView({ patient, note, onChange }: NoteViewProps) {
  const path = `/api/patients/${patient}/notes/${note.id}`;
  const [preview, setPreview] = useState<Redacted>();
  const [marks, setMarks] = useState<readonly Mark[]>([]);
  const [place, setPlace] = useState<Place>();
  const [problem, setProblem] = useState('');
  const [running, setRunning] = useState<AbortController>();
  const textRef = useRef<HTMLDivElement>(null);
  const attempt = async (work: () => Promise<void>) => {
    setProblem('');
    try {
      await work();
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'AbortError'))
        setProblem(asRefusal(error).message);
    }
  };
  const show = (with_: readonly Mark[]) =>
    attempt(async () => {
      setPreview(await ask<Redacted>(`${path}/preview`, { marks: with_ }));
      setMarks(with_);
    });
  const hide = () => {
    const selected = selectionIn(textRef.current);
    if (selected === undefined) setProblem('Select the words in the note first.');
    else void show([...marks, { ...selected, kind: 'ID' }]);
  };
  const send = () =>
    attempt(async () => {
      const stop = new AbortController();
      setRunning(stop);
      try {
        await ask(`${path}/summarise`, { marks }, stop.signal);
        setPreview(undefined);
        await onChange();
      } finally {
        setRunning(undefined);
      }
    });
  const date = new Date(note.writtenAt).toLocaleDateString(undefined, { dateStyle: 'long' });
  return (
    <article className="card note" aria-label={`Note of ${date}`}>
      <h2>Note of {date}</h2>
      <div className={preview === undefined ? 'columns single' : 'columns'}>
        <div>
          <h3>In the house</h3>
          <div className="text" ref={textRef}>
            <Marked text={note.text} place={place} replacements={preview?.replacements ?? []} />
          </div>
        </div>
        {preview !== undefined && <Preview redacted={preview} />}
      </div>
      {problem !== '' && (
        <p className="notice" role="alert">
          {problem}
        </p>
      )}
      <div className="actions">
        {preview === undefined ? (
          <Button
            className="button"
            isDisabled={note.summary?.state === 'signed'}
            onPress={() => void show([])}
          >
            {note.summary === undefined ? 'Summarise…' : 'Summarise again…'}
          </Button>
        ) : (
          <>
            <Button className="button" isDisabled={running !== undefined} onPress={() => void send()}>
              {running === undefined ? 'Send this' : 'Waiting for the answer…'}
            </Button>
            {running === undefined ? (
              <>
                <Button className="button secondary" onPress={hide}>
                  Hide the selected words
                </Button>
                <Button
                  className="button plain"
                  onPress={() => {
                    setPreview(undefined);
                  }}
                >
                  Cancel
                </Button>
              </>
            ) : (
              <Button
                className="button secondary"
                onPress={() => {
                  running.abort();
                }}
              >
                Stop
              </Button>
            )}
          </>
        )}
      </div>
      {note.summary !== undefined && (
        <SummaryView
          key={note.summary.version}
          path={path}
          summary={note.summary}
          onShow={setPlace}
          onChange={onChange}
        />
      )}
    </article>
  );
}

/** Where in the text the selection stands: marks inside the text are counted by their words. */
function selectionIn(element: HTMLElement | null): Place | undefined {
  const selection = getSelection();
  if (element === null || selection === null || selection.rangeCount === 0 || selection.isCollapsed)
    return undefined;
  const range = selection.getRangeAt(0);
  if (!element.contains(range.commonAncestorContainer)) return undefined;
  const before = document.createRange();
  before.selectNodeContents(element);
  before.setEnd(range.startContainer, range.startOffset);
  const start = before.toString().length;
  return { start, end: start + range.toString().length };
}
