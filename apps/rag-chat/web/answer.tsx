import { useState } from 'react';
import {
  Button,
  Dialog,
  DialogTrigger,
  Form,
  Label,
  Popover,
  TextArea,
  TextField,
} from 'react-aria-components';
import { AnswerText } from './answer-text.tsx';
import { isBusy, type Turn, type TurnState } from './use-chat.ts';

interface AnswerProps {
  readonly turn: Turn;
  readonly isLast: boolean;
  readonly onAsk: (question: string) => void;
  readonly onRetry: () => void;
  readonly onRate: (rating: 'up' | 'down', comment?: string) => void;
}

const notices: Readonly<Partial<Record<TurnState, string>>> = {
  'not-found':
    'No document that you may read answers this. Ask in other words, or ask a colleague who may read more.',
  filtered: 'The content filter stopped this answer.',
  cut: 'The answer broke off before its end. Ask again.',
  failed: 'The answer could not be made. Ask again in a moment.',
  stopped: 'You stopped this answer.',
  withdrawn: 'This answer was made from documents that you may no longer read.',
};

export function Answer({ turn, isLast, onAsk, onRetry, onRate }: AnswerProps) {
  const { question, state, answer, cited, sources, followUps = [] } = turn;
  const notice = notices[state];
  const canRetry = isLast && ['cut', 'failed', 'stopped', 'answered', 'not-found'].includes(state);
  return (
    <article className="turn" aria-busy={isBusy(turn)}>
      <h2>{question}</h2>
      {state === 'searching' && <p className="working">Looking through the documents that you may read</p>}
      {state !== 'not-found' && answer !== '' && (
        <AnswerText text={answer} sources={sources} isWriting={state === 'writing'} />
      )}
      {notice !== undefined && (
        <p
          className={`notice ${state === 'filtered' || state === 'failed' || state === 'cut' ? '' : 'mild'}`}
        >
          {notice}
        </p>
      )}
      {state === 'answered' && cited.length === 0 && (
        <p className="notice">This answer names no document. Check it before you rely on it.</p>
      )}
      {!isBusy(turn) && (
        <div className="actions">
          {answer !== '' && state !== 'not-found' && <CopyButton text={answer} />}
          {canRetry && (
            <Button className="button plain" onPress={onRetry}>
              Ask again
            </Button>
          )}
          {state === 'answered' && <Rating value={turn.rating} onRate={onRate} />}
        </div>
      )}
      {isLast && followUps.length > 0 && (
        <ul className="follow-ups" aria-label="Go on with">
          {followUps.map((each) => (
            <li key={each}>
              <Button
                className="follow-up"
                onPress={() => {
                  onAsk(each);
                }}
              >
                {each}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}

function CopyButton({ text }: { readonly text: string }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <Button
      className="button plain"
      onPress={() => {
        void navigator.clipboard.writeText(text).then(() => {
          setCopied(true);
        });
      }}
    >
      {isCopied ? 'Copied' : 'Copy'}
    </Button>
  );
}

function Rating({
  value,
  onRate,
}: {
  readonly value: Turn['rating'];
  readonly onRate: AnswerProps['onRate'];
}) {
  return (
    <>
      <Button
        className="button plain"
        aria-label="Good answer"
        aria-pressed={value === 'up'}
        onPress={() => {
          onRate('up');
        }}
      >
        <Thumb />
      </Button>
      <DialogTrigger>
        <Button
          className="button plain"
          aria-label="Bad answer"
          aria-pressed={value === 'down'}
          onPress={() => {
            onRate('down');
          }}
        >
          <Thumb isDown />
        </Button>
        <Popover className="popover">
          <Dialog aria-label="What was wrong?">
            {({ close }) => (
              <Comment
                onSend={(text) => {
                  onRate('down', text);
                  close();
                }}
              />
            )}
          </Dialog>
        </Popover>
      </DialogTrigger>
    </>
  );
}

function Comment({ onSend }: { readonly onSend: (text: string) => void }) {
  const [text, setText] = useState('');
  return (
    <Form
      className="comment"
      onSubmit={(event) => {
        event.preventDefault();
        onSend(text);
      }}
    >
      <TextField className="field" value={text} onChange={setText} maxLength={1000} autoFocus>
        <Label>What was wrong?</Label>
        <TextArea rows={3} />
      </TextField>
      <Button className="button" type="submit">
        Send
      </Button>
    </Form>
  );
}

function Thumb({ isDown = false }: { readonly isDown?: boolean }) {
  return (
    <svg
      viewBox="0 0 20 20"
      width="18"
      height="18"
      aria-hidden="true"
      style={isDown ? { transform: 'scaleY(-1)' } : undefined}
    >
      <path
        d="M3 9h3v8H3zM6 9l4-7c1.4 0 2.2.9 2 2.3L11.4 7.5H16c1 0 1.8 1 1.5 2l-1.7 6.2c-.2.8-.9 1.3-1.7 1.3H6"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinejoin="round"
      />
    </svg>
  );
}
