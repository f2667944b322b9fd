import { useCallback, useEffect, useState } from 'react';

export interface ListedPatient {
  readonly id: string;
  readonly ward: string;
  readonly isMine: boolean;
  readonly name: string;
  readonly born?: string;
  readonly emergencyUntil?: string;
}

export interface Place {
  readonly start: number;
  readonly end: number;
}

export interface Item {
  readonly text: string;
  readonly code?: string;
  readonly quote: string;
  readonly place?: Place;
}

export interface Summary {
  readonly summary: string;
  readonly problems: readonly Item[];
  readonly medications: readonly Item[];
  readonly followUp: readonly Item[];
}

export interface StoredSummary {
  readonly version: number;
  readonly state: 'draft' | 'signed';
  readonly content: Summary;
  readonly changedAt: string;
}

export interface NoteWithSummary {
  readonly id: string;
  readonly version: number;
  readonly text: string;
  readonly writtenAt: string;
  readonly summary?: StoredSummary;
}

export interface OpenPatient {
  readonly patient: {
    readonly id: string;
    readonly ward: string;
    readonly record: { readonly name: string; readonly born: string };
  };
  readonly by: 'ward' | 'emergency';
  readonly emergencyUntil?: string;
  readonly notes: readonly NoteWithSummary[];
}

export interface Replacement extends Place {
  readonly kind: string;
  readonly placeholder: string;
  readonly value: string;
  readonly by: 'record' | 'form' | 'second opinion';
}

export interface Redacted {
  readonly text: string;
  readonly replacements: readonly Replacement[];
}

export interface AuditView {
  readonly verdict: {
    readonly isWhole: boolean;
    readonly entries: number;
    readonly problem?: string;
    readonly anchoredAt?: string;
  };
  readonly entries: readonly {
    readonly seq: number;
    readonly at: string;
    readonly actor: string;
    readonly action: string;
    readonly subject: string;
    readonly detail: Readonly<Record<string, string | number | boolean>>;
  }[];
}

export interface Emergency {
  readonly id: string;
  readonly patient: string;
  readonly person: string;
  readonly fromAt: string;
  readonly untilAt: string;
  readonly reason: string;
}

/** A refusal of the server, in its own words. */
export class Refusal extends Error {
  readonly code: string;
  readonly current: unknown;

  constructor({ error, code, current }: { error: string; code: string; current?: unknown }) {
    super(error);
    this.code = code;
    this.current = current;
  }
}

/** Asks the server. With a body it is a POST. @throws Refusal */
export async function ask<T>(path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await fetch(path, {
    ...(body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Refusal(answer as ConstructorParameters<typeof Refusal>[0]);
  return answer as T;
}

export type Loaded<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'loaded'; readonly value: T }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What an address says, and a way to ask again. */
export function useAnswer<T>(path: string): readonly [Loaded<T>, () => Promise<void>] {
  const [state, setState] = useState<Loaded<T>>({ kind: 'loading' });
  const load = useCallback(async () => {
    try {
      setState({ kind: 'loaded', value: await ask<T>(path) });
    } catch (error) {
      setState({ kind: 'refused', refusal: asRefusal(error) });
    }
  }, [path]);
  useEffect(() => {
    void load();
  }, [load]);
  return [state, load];
}

export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  return new Refusal({
    error: 'The server cannot be reached. Nothing was changed; try again in a moment.',
    code: 'UNREACHABLE',
  });
}
