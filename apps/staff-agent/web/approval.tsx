import { useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import type { Approval } from './use-run.ts';

interface ApprovalCardProps {
  readonly approval: Approval;
  readonly hasFocus: boolean;
  readonly onDecide: (approve: boolean) => void;
}

/** Exactly what will happen, once the person says so. */
export function ApprovalCard({ approval, hasFocus, onDecide }: ApprovalCardProps) {
  const leftMs = useTimeLeft(approval.expiresAtMs);
  const decline = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // The safe choice has the focus: Enter by habit changes nothing.
    if (hasFocus) decline.current?.focus();
  }, [hasFocus]);
  const isOver = leftMs <= 0;
  const id = `approval-${approval.id}`;
  return (
    <section className="approval" aria-labelledby={id}>
      <h2 id={id}>{titleOf(approval.tool)}?</h2>
      {approval.shown !== '' && <p className="shown">{approval.shown}.</p>}
      <dl>
        {Object.entries(approval.arguments).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
          </div>
        ))}
        <div>
          <dt>in your name, by</dt>
          <dd>
            <code>{approval.tool}</code>
          </dd>
        </div>
      </dl>
      <p className="quiet">
        {isOver
          ? 'The time to decide is over.'
          : `${clock(leftMs)} left to decide. Nothing happens without you.`}
      </p>
      <div className="composer-actions">
        <Button
          className="button secondary"
          ref={decline}
          onPress={() => {
            onDecide(false);
          }}
        >
          {isOver ? 'Close' : 'Decline'}
        </Button>
        <Button
          className="button"
          isDisabled={isOver}
          onPress={() => {
            onDecide(true);
          }}
        >
          Approve
        </Button>
      </div>
    </section>
  );
}

function titleOf(tool: string): string {
  const words = tool.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function clock(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function useTimeLeft(untilMs: number): number {
  const [leftMs, setLeftMs] = useState(untilMs - Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      setLeftMs(untilMs - Date.now());
    }, 1000);
    return () => {
      clearInterval(timer);
    };
  }, [untilMs]);
  return leftMs;
}
