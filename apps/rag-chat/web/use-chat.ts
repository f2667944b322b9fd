import { useEffect, useRef, useState } from 'react';
import { readEvents } from './events.ts';

export interface Source {
  readonly id: string;
  readonly document: string;
  readonly title: string;
  readonly heading: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export type TurnState =
  | 'searching'
  | 'writing'
  | 'answered'
  | 'not-found'
  | 'filtered'
  | 'cut'
  | 'failed'
  | 'stopped'
  | 'withdrawn';

export interface Turn {
  readonly id: string;
  readonly question: string;
  readonly answer: string;
  readonly state: TurnState;
  readonly sources: readonly Source[];
  readonly cited: readonly number[];
  readonly followUps?: readonly string[];
  readonly rating?: 'up' | 'down' | null;
}

export interface Conversation {
  readonly id: string;
  readonly title: string;
}

type AnswerEvent =
  | { readonly type: 'turn'; readonly id: string }
  | { readonly type: 'sources'; readonly sources: readonly Source[] }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'end'; readonly state: TurnState; readonly cited: readonly number[] }
  | { readonly type: 'follow-ups'; readonly questions: readonly string[] };

/** The conversation on the page, and the earlier ones of this person. */
export function useChat() {
  const [id, setId] = useState(newId);
  const [turns, setTurns] = useState<readonly Turn[]>([]);
  const [conversations, setConversations] = useState<readonly Conversation[]>([]);
  const stopping = useRef<AbortController>(undefined);

  const refresh = async () => {
    const response = await fetch('/api/conversations');
    if (response.ok) setConversations((await response.json()) as Conversation[]);
  };
  useEffect(() => {
    void refresh();
  }, []);

  const change = (patch: (turn: Turn) => Turn) => {
    setTurns((all) => all.map((turn, index) => (index === all.length - 1 ? patch(turn) : turn)));
  };

  async function ask(question: string): Promise<void> {
    stopping.current?.abort();
    const controller = new AbortController();
    stopping.current = controller;
    setTurns((all) => [
      ...all,
      { id: newId(), question, answer: '', state: 'searching', sources: [], cited: [] },
    ]);
    try {
      const response = await fetch('/api/ask', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ question, conversation: id }),
        signal: controller.signal,
      });
      if (response.status === 401) location.assign('/');
      for await (const event of readEvents<AnswerEvent>(response)) change((turn) => after(turn, event));
      // A stream that ends without its last event was cut on its way.
      change((turn) => (isBusy(turn) ? { ...turn, state: 'cut' } : turn));
    } catch {
      change((turn) =>
        isBusy(turn) ? { ...turn, state: controller.signal.aborted ? 'stopped' : 'failed' } : turn,
      );
    }
    await refresh();
  }

  return {
    id,
    turns,
    conversations,
    isBusy: turns.some(isBusy),
    ask,
    stop: () => stopping.current?.abort(),
    /** Asks the last question again, in the place of its answer. */
    retry: async () => {
      const last = turns.at(-1);
      if (last === undefined) return;
      setTurns((all) => all.slice(0, -1));
      await ask(last.question);
    },
    begin: () => {
      stopping.current?.abort();
      setId(newId());
      setTurns([]);
    },
    open: async (conversation: string) => {
      stopping.current?.abort();
      const response = await fetch(`/api/conversations/${conversation}`);
      if (!response.ok) return;
      setId(conversation);
      setTurns((await response.json()) as Turn[]);
    },
    remove: async (conversation: string) => {
      await fetch(`/api/conversations/${conversation}`, { method: 'DELETE' });
      if (conversation === id) setTurns([]);
      await refresh();
    },
    rate: async (turn: string, rating: 'up' | 'down', comment?: string) => {
      setTurns((all) => all.map((each) => (each.id === turn ? { ...each, rating } : each)));
      await fetch(`/api/turns/${turn}/rating`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ rating, comment }),
      });
    },
  };
}

export function isBusy({ state }: Turn): boolean {
  return state === 'searching' || state === 'writing';
}

function after(turn: Turn, event: AnswerEvent): Turn {
  switch (event.type) {
    case 'turn':
      return { ...turn, id: event.id };
    case 'sources':
      return { ...turn, sources: event.sources };
    case 'text':
      return { ...turn, state: 'writing', answer: turn.answer + event.text };
    case 'end':
      return { ...turn, state: event.state, cited: event.cited };
    case 'follow-ups':
      return { ...turn, followUps: event.questions };
  }
}

function newId(): string {
  return crypto.randomUUID();
}
