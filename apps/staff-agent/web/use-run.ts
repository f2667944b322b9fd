import { useCallback, useEffect, useReducer, useRef } from 'react';
import { readEvents } from './events.ts';

export interface Entry {
  readonly seq: number;
  readonly atMs: number;
  readonly run: string;
  readonly personName: string;
  readonly what: 'model' | 'tool' | 'approval' | 'limit' | 'stop' | 'failure';
  readonly name: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
  readonly status: string;
  readonly note?: string;
  readonly tokens?: number;
  readonly money?: number;
  readonly durationMs?: number;
}

export interface Approval {
  readonly id: string;
  readonly run: string;
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly shown: string;
  readonly hash: string;
  readonly state: 'pending' | 'approved' | 'declined' | 'expired' | 'done';
  readonly expiresAtMs: number;
}

interface Message {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

interface Spent {
  readonly steps: number;
  readonly tokens: number;
  readonly money: number;
}

export interface RunView {
  readonly id?: string;
  readonly isRunning: boolean;
  readonly messages: readonly Message[];
  readonly entries: readonly Entry[];
  readonly approvals: readonly Approval[];
  readonly spent: Spent;
  readonly currency: string;
  readonly problem?: string | undefined;
}

type Event =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'entry'; readonly entry: Entry }
  | { readonly type: 'approval'; readonly approval: Approval }
  | { readonly type: 'end'; readonly state: string; readonly spent: Spent };

type Action =
  | Event
  | { readonly type: 'loaded'; readonly view: Partial<RunView> }
  | { readonly type: 'asked'; readonly question: string }
  | { readonly type: 'began'; readonly run?: string }
  | { readonly type: 'over' }
  | { readonly type: 'problem'; readonly text: string }
  | { readonly type: 'decided'; readonly id: string };

const empty: RunView = {
  isRunning: false,
  messages: [],
  entries: [],
  approvals: [],
  spent: { steps: 0, tokens: 0, money: 0 },
  currency: 'EUR',
};

function next(view: RunView, action: Action): RunView {
  switch (action.type) {
    case 'loaded':
      return { ...view, ...action.view };
    case 'asked': {
      return {
        ...view,
        problem: undefined,
        isRunning: true,
        messages: [...view.messages, { role: 'user', content: action.question }],
      };
    }
    case 'began':
      return { ...view, isRunning: true, ...(action.run === undefined ? {} : { id: action.run }) };
    case 'over':
      return { ...view, isRunning: false };
    case 'text':
      return { ...view, messages: withText(view.messages, action.text) };
    case 'entry':
      return { ...view, entries: [...view.entries, action.entry] };
    case 'approval': {
      const others = view.approvals.filter(({ id }) => id !== action.approval.id);
      return { ...view, approvals: [...others, action.approval] };
    }
    case 'decided':
      return { ...view, approvals: view.approvals.filter(({ id }) => id !== action.id) };
    case 'end':
      return { ...view, spent: action.spent };
    case 'problem':
      return { ...view, problem: action.text };
  }
}

function withText(messages: readonly Message[], text: string): readonly Message[] {
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return [...messages, { role: 'assistant', content: text }];
  return [...messages.slice(0, -1), { ...last, content: last.content + text }];
}

/** The conversation of the signed-in person: what it says, what waits, and what can be done. */
export function useRun() {
  const [view, dispatch] = useReducer(next, empty);
  const run = useRef<string>(undefined);

  const follow = useCallback(async (path: string, body: unknown) => {
    try {
      const response = await fetch(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(((await response.json()) as { error: string }).error);
      run.current = response.headers.get('x-run') ?? run.current;
      dispatch({ type: 'began', ...(run.current === undefined ? {} : { run: run.current }) });
      for await (const event of readEvents<Event>(response)) dispatch(event);
    } catch (error) {
      dispatch({
        type: 'problem',
        text:
          error instanceof TypeError
            ? 'The server cannot be reached. Try again in a moment.'
            : messageOf(error),
      });
    } finally {
      dispatch({ type: 'over' });
    }
  }, []);

  useEffect(() => {
    void (async () => {
      const loaded = (await (await fetch('/api/run')).json()) as Partial<RunView> & {
        state?: string;
        prices: { currency: string };
      };
      run.current = loaded.id;
      const approvals = (loaded.approvals ?? []).filter(({ state }) => state === 'pending');
      dispatch({ type: 'loaded', view: { ...loaded, approvals, currency: loaded.prices.currency } });
      if (loaded.id !== undefined) {
        const trail = (await (await fetch('/api/trail')).json()) as Entry[];
        dispatch({
          type: 'loaded',
          view: { entries: trail.filter((entry) => entry.run === loaded.id).reverse() },
        });
      }
      // A decision that was not carried out yet, by a reload or a crash: go on where it stopped.
      if (loaded.state === 'waiting' && approvals.length === 0)
        await follow(`/api/runs/${loaded.id ?? ''}/go-on`, {});
    })();
  }, [follow]);

  return {
    view,
    ask: async (question: string) => {
      dispatch({ type: 'asked', question });
      await follow('/api/ask', { question, ...(run.current === undefined ? {} : { run: run.current }) });
    },
    stop: () => void fetch(`/api/runs/${run.current ?? ''}/stop`, { method: 'POST' }),
    decide: async ({ id, hash }: Approval, approve: boolean, isLast: boolean) => {
      const response = await fetch(`/api/approvals/${id}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ hash, approve }),
      });
      dispatch({ type: 'decided', id });
      if (!response.ok)
        dispatch({ type: 'problem', text: ((await response.json()) as { error: string }).error });
      if (isLast) await follow(`/api/runs/${run.current ?? ''}/go-on`, {});
    },
    startAnew: () => {
      run.current = undefined;
      dispatch({ type: 'loaded', view: { ...empty, currency: view.currency } });
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'Something went wrong. Try again.';
}
