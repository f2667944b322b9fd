import { useEffect, useRef, useState } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { withMarks, type Range } from './exact-words.tsx';
import type { Source } from './use-chat.ts';

interface DocumentPanelProps {
  readonly source: Source;
  /** Within the passage. */
  readonly marks: readonly Range[];
  readonly onClose: () => void;
}

/** The whole document, at the place of the passage. */
export function DocumentPanel({ source, marks, onClose }: DocumentPanelProps) {
  const text = useDocument(source.document);
  return (
    <ModalOverlay
      className="overlay"
      isOpen
      isDismissable
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      <Modal className="panel">
        <Dialog className="document">
          <div className="document-bar">
            <div>
              <Heading slot="title">{source.title}</Heading>
              <span className="quiet">{source.document}</span>
            </div>
            <Button className="button plain" onPress={onClose}>
              Close
            </Button>
          </div>
          {text === undefined && <p className="working">Opening the document</p>}
          {text === '' && <p className="notice">You may no longer read this document.</p>}
          {text !== undefined && text !== '' && (
            <Lines
              text={text}
              passage={[source.start, source.end]}
              marks={marks.map(([from, to]) => [from + source.start, to + source.start])}
            />
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function useDocument(path: string): string | undefined {
  const [text, setText] = useState<string>();
  useEffect(() => {
    fetch(`/api/documents?path=${encodeURIComponent(path)}`)
      .then(async (response) => {
        setText(response.ok ? ((await response.json()) as { readonly text: string }).text : '');
      })
      .catch(() => {
        setText('');
      });
  }, [path]);
  return text;
}

function Lines({
  text,
  passage,
  marks,
}: {
  readonly text: string;
  readonly passage: Range;
  readonly marks: readonly Range[];
}) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.scrollIntoView({ block: 'center' });
  }, []);
  let at = 0;
  let isFirst = true;
  return (
    <div className="lines" tabIndex={0} role="group" aria-label="Text of the document">
      {text.split('\n').map((line) => {
        const start = at;
        at += line.length + 1;
        if (line.trim() === '') return null;
        const isInPassage = start >= passage[0] - 1 && start < passage[1];
        const heading = /^(#+) (.*)$/.exec(line);
        const body = heading === null ? withMarks(line, marks, start) : heading[2];
        const reference = isInPassage && isFirst ? place : undefined;
        if (isInPassage) isFirst = false;
        const style = [
          heading === null ? 'line' : `line heading-${heading[1]?.length ?? 1}`,
          isInPassage ? 'passage' : '',
        ].join(' ');
        return (
          <div key={start} ref={reference} className={style}>
            {body}
          </div>
        );
      })}
    </div>
  );
}
