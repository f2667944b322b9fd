import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Each migration once, in order. Never change one that was released: add the next. */
const migrations: readonly string[] = [
  `create table patient (
     id text primary key,
     ward text not null,
     key_id text,
     wrapped_key blob,
     record blob,
     last_contact text not null,
     hold text,
     erased_at text
   ) strict;
   create table note (
     id text primary key,
     patient text not null references patient,
     version integer not null,
     body blob not null,
     written_by text not null,
     written_at text not null
   ) strict;
   create index note_of_patient on note (patient);
   create table summary (
     note text primary key references note on delete cascade,
     version integer not null,
     body blob not null,
     state text not null check (state in ('draft', 'signed')),
     changed_by text not null,
     changed_at text not null
   ) strict;
   create table emergency_access (
     id text primary key,
     patient text not null references patient,
     person text not null,
     reason blob not null,
     from_at text not null,
     until_at text not null,
     reviewed_by text
   ) strict;
   create table audit (
     seq integer primary key,
     at text not null,
     actor text not null,
     action text not null,
     subject text not null,
     detail text not null,
     previous text not null,
     hash text not null
   ) strict;
   create trigger audit_keeps_entries before delete on audit
     begin select raise(abort, 'The audit is append-only.'); end;
   create trigger audit_keeps_words before update on audit
     begin select raise(abort, 'The audit is append-only.'); end;`,
];

export interface Database {
  readonly sqlite: DatabaseSync;
  /** Everything or nothing. One per request: each transaction waits for the disk once. */
  transaction<T>(work: () => T): T;
  readonly close: () => void;
}

/** Opens the file, creates it when it is not there, and brings its tables up to date. */
export function openDatabase(path: string): Database {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const sqlite = new DatabaseSync(path);
  // What is deleted is overwritten, and no second file keeps a copy of old pages.
  sqlite.exec(
    'pragma secure_delete = on; pragma journal_mode = delete; pragma foreign_keys = on; pragma busy_timeout = 5000;',
  );
  const transaction = <T>(work: () => T): T => {
    sqlite.exec('begin immediate');
    try {
      const result = work();
      sqlite.exec('commit');
      return result;
    } catch (error) {
      sqlite.exec('rollback');
      throw error;
    }
  };
  transaction(() => {
    migrate(sqlite);
  });
  return {
    sqlite,
    transaction,
    close: () => {
      sqlite.close();
    },
  };
}

function migrate(sqlite: DatabaseSync): void {
  const version = Number(sqlite.prepare('pragma user_version').get()?.user_version ?? 0);
  if (version > migrations.length) {
    throw new Error(
      `Cannot open the database: it has version ${version}, this program knows ${migrations.length}. Use the newer program.`,
    );
  }
  for (const migration of migrations.slice(version)) sqlite.exec(migration);
  sqlite.exec(`pragma user_version = ${migrations.length}`);
}
