import { useEffect, useRef, useState } from 'react';
import type { SubmitEvent } from 'react';
import { Button } from 'react-aria-components';
import { ApprovalCard } from './approval.tsx';
import type { Me } from './shell.tsx';
import { Timeline } from './timeline.tsx';
import { useRun } from './use-run.ts';

const examples = [
  'Which expense reports of my team are open?',
  'Who is the manager of Bob Stone?',
  'Approve E-4',
  'Show me report E-12',
];

/** The conversation, and beside it what the agent did, as whom, and what it cost. */
export function RunPage({ me }: { readonly me: Me }) {
  const { view, ask, stop, decide, startAnew } = useRun();
  const { messages, approvals, entries, spent, currency, isRunning, problem } = view;
  const end = useRef<HTMLDivElement>(null);
  const isWaiting = approvals.length > 0;
  useEffect(() => {
    end.current?.scrollIntoView({ block: 'nearest' });
  }, [messages, approvals]);
  return (
    <div className="run">
      <section className="conversation" aria-label="Conversation">
        {messages.length === 0 && (
          <div className="start">
            <h1>What do you need, {me.name.split(' ')[0]}?</h1>
            <p className="lead">I see what you may see, and I ask before I change anything.</p>
            <ul className="examples">
              {examples.map((example) => (
                <li key={example}>
                  <Button className="example" onPress={() => void ask(example)}>
                    {example}
                  </Button>
                </li>
              ))}
            </ul>
          </div>
        )}
        {messages.length > 0 && <h1 className="visually-hidden">Conversation</h1>}
        <ol className="messages">
          {messages.map(({ role, content }, index) => (
            <li key={index} className={`message ${role}`}>
              <span className="visually-hidden">{role === 'user' ? 'You: ' : 'Agent: '}</span>
              {content}
            </li>
          ))}
        </ol>
        <div aria-live="polite" className="status">
          {isRunning && <span className="quiet">Working…</span>}
          {!isRunning && isWaiting && <span className="quiet">Waiting for your decision.</span>}
        </div>
        {approvals.map((approval, index) => (
          <ApprovalCard
            key={approval.id}
            approval={approval}
            hasFocus={index === 0}
            onDecide={(approve) => void decide(approval, approve, approvals.length === 1)}
          />
        ))}
        {problem !== undefined && (
          <p className="notice" role="alert">
            {problem}
          </p>
        )}
        <div ref={end} className="end" />
        <Composer
          isRunning={isRunning}
          isBlocked={isWaiting}
          onAsk={(question) => void ask(question)}
          onStop={stop}
          onNew={messages.length === 0 || isWaiting ? undefined : startAnew}
        />
      </section>
      <Timeline entries={entries} spent={spent} currency={currency} />
    </div>
  );
}

interface ComposerProps {
  readonly isRunning: boolean;
  readonly isBlocked: boolean;
  readonly onAsk: (question: string) => void;
  readonly onStop: () => void;
  readonly onNew: (() => void) | undefined;
}

function Composer({ isRunning, isBlocked, onAsk, onStop, onNew }: ComposerProps) {
  const [text, setText] = useState('');
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (text.trim() === '' || isRunning || isBlocked) return;
    onAsk(text.trim());
    setText('');
  };
  return (
    <form className="composer" onSubmit={submit}>
      <div className="field">
        <label htmlFor="question">Your question</label>
        <input
          id="question"
          value={text}
          autoComplete="off"
          onChange={(event) => {
            setText(event.target.value);
          }}
        />
      </div>
      <div className="composer-actions">
        {isRunning ? (
          <Button className="button secondary" onPress={onStop}>
            Stop
          </Button>
        ) : (
          <Button className="button" type="submit" isDisabled={isBlocked || text.trim() === ''}>
            Ask
          </Button>
        )}
        {onNew !== undefined && !isRunning && (
          <Button className="button plain" onPress={onNew}>
            New conversation
          </Button>
        )}
      </div>
    </form>
  );
}
