import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from './database.ts';

export interface AuditEntry {
  readonly seq: number;
  readonly at: string;
  /** The object id of the person, or `system`. */
  readonly actor: string;
  readonly action: string;
  /** The id of a patient or a note: an id says nothing about anybody once the rest is erased. */
  readonly subject: string;
  /** Counts, versions, ids. Never clinical text, never a name. */
  readonly detail: Detail;
}

type Detail = Readonly<Record<string, string | number | boolean>>;

/** The last entry, kept where the database cannot reach: without it a cut-off end is not seen. */
interface Head {
  readonly seq: number;
  readonly hash: string;
  readonly at: string;
}

export interface Anchor {
  keep(head: Head): void;
  kept(): Head[];
}

export interface Audit {
  /** Adds an entry to the transaction that is open. */
  append(entry: Omit<AuditEntry, 'seq' | 'at'>): void;
  entries(options?: { readonly newest?: number; readonly subject?: string }): AuditEntry[];
  /** Hands the newest entry to the anchor. Called after the transaction. */
  anchor(): void;
  verify(): Verdict;
}

type Verdict =
  | { readonly isWhole: true; readonly entries: number; readonly anchoredAt?: string }
  | { readonly isWhole: false; readonly entries: number; readonly problem: string };

const beginning = '0'.repeat(64);

/** An append-only log in which each entry carries the hash of the one before. */
export function createAudit(database: Database, anchor: Anchor, now: () => Date = () => new Date()): Audit {
  const { sqlite } = database;
  const last = sqlite.prepare('select seq, hash, at from audit order by seq desc limit 1');
  const insert = sqlite.prepare('insert into audit values (?, ?, ?, ?, ?, ?, ?, ?)');
  const head = () => last.get() as unknown as Head | undefined;
  return {
    append: ({ actor, action, subject, detail }) => {
      const before = head();
      const seq = (before?.seq ?? 0) + 1;
      const row = { seq, at: now().toISOString(), actor, action, subject, detail: canonical(detail) };
      const previous = before?.hash ?? beginning;
      const hash = hashOf(row, previous);
      insert.run(row.seq, row.at, actor, action, subject, row.detail, previous, hash);
    },
    entries: ({ newest = 200, subject } = {}) =>
      sqlite
        .prepare('select * from audit where ? is null or subject = ? order by seq desc limit ?')
        .all(subject ?? null, subject ?? null, newest)
        .map((row) => entryOf(row as unknown as Row)),
    anchor: () => {
      const newest = head();
      if (newest !== undefined && newest.seq !== anchor.kept().at(-1)?.seq) anchor.keep({ ...newest });
    },
    verify: () =>
      verify(sqlite.prepare('select * from audit order by seq').all() as unknown as Row[], anchor.kept()),
  };
}

interface Row extends Omit<AuditEntry, 'detail'> {
  readonly detail: string;
  readonly previous: string;
  readonly hash: string;
}

/** Names the first entry that was changed, removed or cut off. */
function verify(rows: readonly Row[], anchors: readonly Head[]): Verdict {
  let previous = beginning;
  for (const [index, row] of rows.entries()) {
    const problem = (text: string): Verdict => ({ isWhole: false, entries: rows.length, problem: text });
    if (row.seq !== index + 1) return problem(`Entry ${index + 1} is missing.`);
    if (row.previous !== previous || row.hash !== hashOf(row, previous))
      return problem(`Entry ${row.seq} was changed.`);
    previous = row.hash;
  }
  for (const { seq, hash } of anchors) {
    const row = rows[seq - 1];
    if (row === undefined) {
      return {
        isWhole: false,
        entries: rows.length,
        problem: `Entries ${rows.length + 1} to ${seq} were cut off.`,
      };
    }
    if (row.hash !== hash) {
      return {
        isWhole: false,
        entries: rows.length,
        problem: `Entry ${seq} or one before it was rewritten: its anchor has another hash.`,
      };
    }
  }
  const anchoredAt = anchors.at(-1)?.at;
  return { isWhole: true, entries: rows.length, ...(anchoredAt === undefined ? {} : { anchoredAt }) };
}

function hashOf(
  { seq, at, actor, action, subject, detail }: Omit<Row, 'previous' | 'hash'>,
  previous: string,
): string {
  return createHash('sha256')
    .update(JSON.stringify([seq, at, actor, action, subject, detail, previous]))
    .digest('hex');
}

function entryOf({ seq, at, actor, action, subject, detail }: Row): AuditEntry {
  return { seq, at, actor, action, subject, detail: JSON.parse(detail) as Detail };
}

function canonical(detail: Detail): string {
  return JSON.stringify(Object.fromEntries(Object.entries(detail).sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** One line for each anchor in a file. In production: a blob container with an immutability policy, or a log workspace. */
export function fileAnchor(path: string): Anchor {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return {
    keep: (head) => {
      appendFileSync(path, `${JSON.stringify(head)}\n`, { mode: 0o600 });
    },
    kept: () =>
      existsSync(path)
        ? readFileSync(path, 'utf8')
            .split('\n')
            .filter((line) => line !== '')
            .map((line) => JSON.parse(line) as Head)
        : [],
  };
}
