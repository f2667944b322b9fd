import type { DatabaseSync } from 'node:sqlite';

/** One step of a run: who did what, with which arguments, how it ended, what it took. */
export interface TrailEntry {
  readonly what: 'model' | 'tool' | 'approval' | 'limit' | 'stop' | 'failure';
  /** The tool, the model, or what was decided. */
  readonly name: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
  readonly status: 'ok' | 'refused' | 'failed' | 'waiting' | 'approved' | 'declined' | 'expired';
  /** In plain words, for the page: what a tool refused, why a run ended. */
  readonly note?: string;
  readonly tokens?: number;
  readonly money?: number;
  readonly durationMs?: number;
}

export interface StoredEntry extends TrailEntry {
  readonly seq: number;
  readonly atMs: number;
  readonly person: string;
  readonly personName: string;
  readonly run: string;
}

export interface Trail {
  add(who: { readonly id: string; readonly name: string }, run: string, entry: TrailEntry): StoredEntry;
  /** Own entries; an auditor's are everybody's. Newest first. */
  of(person: { readonly id: string; readonly roles: readonly string[] }, most?: number): StoredEntry[];
}

/** Steps are kept with names and arguments. Tokens of access, whole answers and secrets never get here. */
export function createTrail(sqlite: DatabaseSync, now: () => number = Date.now): Trail {
  const insert = sqlite.prepare(
    'insert into trail (at, person, person_name, run, entry) values (?, ?, ?, ?, ?)',
  );
  return {
    add: ({ id, name }, run, entry) => {
      const at = now();
      const { lastInsertRowid } = insert.run(at, id, name, run, JSON.stringify(entry));
      return { ...entry, seq: Number(lastInsertRowid), atMs: at, person: id, personName: name, run };
    },
    of: ({ id, roles }, most = 500) => {
      const all = roles.includes('Auditor') ? null : id;
      return sqlite
        .prepare('select * from trail where ? is null or person = ? order by seq desc limit ?')
        .all(all, all, most)
        .map((row) => ({
          ...(JSON.parse(String(row.entry)) as TrailEntry),
          seq: Number(row.seq),
          atMs: Number(row.at),
          person: String(row.person),
          personName: String(row.person_name),
          run: String(row.run),
        }));
    },
  };
}

/** One line of JSON for each entry. */
export function asJsonLines(entries: readonly StoredEntry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}
