import { useEffect, useRef } from 'react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { Answer } from './answer.tsx';
import { Composer } from './composer.tsx';
import type { Me } from './shell.tsx';
import { isBusy, useChat, type Conversation } from './use-chat.ts';

const examples = [
  ['Travel', 'How much may a hotel cost in Oslo?'],
  ['Family', 'How long is parental leave, and whom do I tell?'],
  ['Safety', 'Where do we meet when the fire alarm sounds?'],
  ['Devices', 'I lost my laptop. What do I do now?'],
] as const;

export function Chat({ me }: { readonly me: Me }) {
  const chat = useChat();
  const end = useRef<HTMLDivElement>(null);
  const last = chat.turns.at(-1);
  // Follows the answer as it grows, unless its reader has scrolled up to read something else.
  useEffect(() => {
    const page = document.documentElement;
    const isNearEnd = page.scrollHeight - page.scrollTop - page.clientHeight < 240;
    if (last?.state === 'searching' || isNearEnd) end.current?.scrollIntoView({ block: 'end' });
  }, [last?.state, last?.answer, last?.followUps, chat.turns.length]);

  const history = (
    <History
      conversations={chat.conversations}
      current={chat.id}
      onOpen={(id) => void chat.open(id)}
      onRemove={(id) => void chat.remove(id)}
    />
  );
  return (
    <div className="chat">
      <aside className="side" aria-label="Your conversations">
        <Button className="button secondary" onPress={chat.begin}>
          New conversation
        </Button>
        {history}
      </aside>
      <section className="talk" aria-label="Conversation">
        <div className="phone-bar">
          <DialogTrigger>
            <Button className="button plain">Earlier</Button>
            <Popover placement="bottom start" className="popover">
              <Dialog aria-label="Your conversations">{history}</Dialog>
            </Popover>
          </DialogTrigger>
          <Button className="button plain" onPress={chat.begin}>
            New conversation
          </Button>
        </div>
        {chat.turns.length === 0 ? (
          <div className="opening">
            <h1>What do you want to know, {me.name.split(' ')[0]}?</h1>
            <p className="lead">
              Answers come from the documents that you may read, with the words they stand in.
            </p>
            <ul className="examples" aria-label="Examples">
              {examples.map(([topic, question]) => (
                <li key={question}>
                  <Button className="example" onPress={() => void chat.ask(question)}>
                    <span className="quiet">{topic}</span>
                    {question}
                  </Button>
                </li>
              ))}
            </ul>
          </div>
        ) : (
          <>
            <h1 className="hidden">Conversation</h1>
            {chat.turns.map((turn, index) => (
              <Answer
                key={turn.id}
                turn={turn}
                isLast={index === chat.turns.length - 1}
                onAsk={(question) => void chat.ask(question)}
                onRetry={() => void chat.retry()}
                onRate={(rating, comment) => void chat.rate(turn.id, rating, comment)}
              />
            ))}
          </>
        )}
        <p className="hidden" role="status">
          {last === undefined
            ? ''
            : isBusy(last)
              ? 'The answer is being written.'
              : 'The answer is complete.'}
        </p>
        <div ref={end} className="end" />
        <Composer
          isBusy={chat.isBusy}
          onAsk={(question) => void chat.ask(question)}
          onStop={() => chat.stop()}
        />
      </section>
    </div>
  );
}

interface HistoryProps {
  readonly conversations: readonly Conversation[];
  readonly current: string;
  readonly onOpen: (id: string) => void;
  readonly onRemove: (id: string) => void;
}

function History({ conversations, current, onOpen, onRemove }: HistoryProps) {
  if (conversations.length === 0)
    return <p className="quiet">Your questions will be listed here, for you alone.</p>;
  return (
    <ul className="history">
      {conversations.map(({ id, title }) => (
        <li key={id}>
          <Button
            className="entry"
            aria-current={id === current ? 'true' : undefined}
            onPress={() => {
              onOpen(id);
            }}
          >
            {title}
          </Button>
          <Button
            className="remove"
            aria-label={`Remove “${title}”`}
            onPress={() => {
              onRemove(id);
            }}
          >
            ×
          </Button>
        </li>
      ))}
    </ul>
  );
}
