import type { Database } from './database.ts';
import { open, seal } from './key-wrapping.ts';
import { newId, NotFoundError } from './patients.ts';

export interface Note {
  readonly id: string;
  readonly patient: string;
  /** Counts the changes, from 1. */
  readonly version: number;
  readonly text: string;
  readonly writtenBy: string;
  readonly writtenAt: string;
}

export interface Item {
  readonly text: string;
  /** ICD-10, of problems only. */
  readonly code?: string;
  /** The words of the note that say it, and where they stand. Without a place the item is marked as unsupported. */
  readonly quote: string;
  readonly place?: { readonly start: number; readonly end: number };
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
  readonly changedBy: string;
  readonly changedAt: string;
}

/** Somebody else was first. Both texts are there: nothing is lost. */
export class ConflictError<Value> extends Error {
  override readonly name = 'ConflictError';
  readonly code = 'CONFLICT';
  readonly current: Value;

  constructor(current: Value) {
    super('Somebody else has changed this meanwhile. Compare with what is stored now, then save again.');
    this.current = current;
  }
}

/** A signed summary stays as it was signed. */
export class SignedError extends Error {
  override readonly name = 'SignedError';
  readonly code = 'SIGNED';

  constructor() {
    super('This summary is signed: it cannot be changed. Write an addendum as a new note.');
  }
}

export interface Author {
  readonly id: string;
  readonly at: string;
}

/** The notes and summaries of one patient, with the patient's key. Every text is bound to its row. */
export function notesOf(database: Database, patient: string, key: Buffer) {
  const { sqlite } = database;

  function read(id: string): Note {
    const row = sqlite.prepare('select * from note where id = ? and patient = ?').get(id, patient);
    if (row === undefined) throw new NotFoundError('note', id);
    return {
      id,
      patient,
      version: Number(row.version),
      text: open(key, row.body as Uint8Array, `note ${id}`).toString(),
      writtenBy: String(row.written_by),
      writtenAt: String(row.written_at),
    };
  }

  function summaryOf(note: string): StoredSummary | undefined {
    const row = sqlite.prepare('select * from summary where note = ?').get(note);
    if (row === undefined) return undefined;
    return {
      version: Number(row.version),
      state: row.state === 'signed' ? 'signed' : 'draft',
      content: JSON.parse(open(key, row.body as Uint8Array, `summary ${note}`).toString()) as Summary,
      changedBy: String(row.changed_by),
      changedAt: String(row.changed_at),
    };
  }

  return {
    list: () =>
      sqlite
        .prepare('select id from note where patient = ? order by written_at desc, id')
        .all(patient)
        .map(({ id }) => read(String(id))),
    read,
    summaryOf,
    add: (text: string, author: Author): string => {
      const id = newId('n');
      sqlite
        .prepare('insert into note values (?, ?, 1, ?, ?, ?)')
        .run(id, patient, seal(key, text, `note ${id}`), author.id, author.at);
      sqlite
        .prepare('update patient set last_contact = max(last_contact, ?) where id = ?')
        .run(author.at, patient);
      return id;
    },
    /** @throws ConflictError when `version` is not the one that is stored. */
    change: (
      id: string,
      { text, version, author }: { text: string; version: number; author: Author },
    ): void => {
      const current = read(id);
      if (current.version !== version) throw new ConflictError(current);
      sqlite
        .prepare(
          'update note set version = version + 1, body = ?, written_by = ?, written_at = ? where id = ?',
        )
        .run(seal(key, text, `note ${id}`), author.id, author.at, id);
    },
    /**
     * Stores a draft. `version` is the one it was made from, 0 for the first.
     *
     * @throws ConflictError when another one is stored, SignedError when it is signed.
     */
    saveSummary: (
      note: string,
      { content, version, author }: { content: Summary; version: number; author: Author },
    ): number => {
      read(note);
      const current = summaryOf(note);
      if (current?.state === 'signed') throw new SignedError();
      if ((current?.version ?? 0) !== version) throw new ConflictError(current);
      sqlite
        .prepare(
          `insert into summary values (?, ?, ?, 'draft', ?, ?)
           on conflict (note) do update set version = excluded.version, body = excluded.body,
             changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
        )
        .run(note, version + 1, seal(key, JSON.stringify(content), `summary ${note}`), author.id, author.at);
      return version + 1;
    },
    /** @throws ConflictError when what is signed is not what was seen. */
    sign: (note: string, version: number, author: Author): void => {
      const current = summaryOf(note);
      if (current === undefined) throw new NotFoundError('summary of note', note);
      if (current.state === 'signed') throw new SignedError();
      if (current.version !== version) throw new ConflictError(current);
      sqlite
        .prepare("update summary set state = 'signed', changed_by = ?, changed_at = ? where note = ?")
        .run(author.id, author.at, note);
    },
  };
}
