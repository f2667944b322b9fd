import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { Entry, RunView } from './use-run.ts';

type TimelineProps = Pick<RunView, 'entries' | 'spent' | 'currency'>;

/** What the agent did, step by step. On a phone it is folded. */
export function Timeline({ entries, spent, currency }: TimelineProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <aside className={isOpen ? 'timeline open' : 'timeline'} aria-label="What was done">
      <div className="timeline-head">
        <h2>What was done</h2>
        <Button
          className="button plain fold"
          aria-expanded={isOpen}
          aria-controls="steps"
          onPress={() => {
            setIsOpen(!isOpen);
          }}
        >
          {isOpen ? 'Hide' : `Show ${entries.length} steps`}
        </Button>
      </div>
      <p className="quiet cost">
        {spent.steps} of 8 steps · {spent.tokens.toLocaleString()} tokens · {spent.money.toFixed(4)}{' '}
        {currency}
      </p>
      <ol id="steps" className="steps">
        {entries.map((entry) => (
          <li key={entry.seq} className={`step ${entry.status}`}>
            <strong>{titleOf(entry)}</strong>
            <span className="quiet">{detailOf(entry)}</span>
            {entry.note !== undefined && (
              <span className={entry.status === 'ok' ? 'quiet' : 'reason'}>{entry.note}</span>
            )}
          </li>
        ))}
        {entries.length === 0 && <li className="quiet">Nothing yet.</li>}
      </ol>
    </aside>
  );
}

export function titleOf({ what, name, status }: Entry): string {
  if (what === 'model') return 'Asked the model';
  if (what === 'tool') return status === 'refused' ? `Refused by ${name}` : name;
  if (what === 'approval')
    return (
      {
        waiting: 'Waits for you',
        approved: 'You approved',
        declined: 'You declined',
        expired: 'Not decided in time',
      }[status] ?? 'Not done'
    );
  return { limit: 'A limit was reached', stop: 'Stopped', failure: 'Something failed' }[what];
}

export function detailOf({ what, name, tokens, durationMs, arguments: args }: Entry): string {
  const parts = [
    what === 'approval' ? name : undefined,
    tokens === undefined ? undefined : `${tokens.toLocaleString()} tokens`,
    args === undefined
      ? undefined
      : Object.entries(args)
          .map(([key, value]) => `${key} ${String(value)}`)
          .join(', '),
    durationMs === undefined ? undefined : `${durationMs} ms`,
  ];
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}
