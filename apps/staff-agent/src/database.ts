import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Opens the file of this app, with its tables. `:memory:` keeps nothing. */
export function openDatabase(path: string): DatabaseSync {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const sqlite = new DatabaseSync(path);
  sqlite.exec(`pragma journal_mode = wal; pragma busy_timeout = 5000;
    create table if not exists run (
      id text primary key, person text not null, state text not null, messages text not null, spent text not null,
      created_at integer not null) strict;
    create index if not exists run_of_person on run (person, created_at);
    create table if not exists approval (
      id text primary key, run text not null references run, call text not null, person text not null, tool text not null,
      arguments text not null, shown text not null, hash text not null, state text not null, expires_at integer not null, result text) strict;
    create table if not exists trail (
      seq integer primary key, at integer not null, person text not null, person_name text not null, run text not null,
      entry text not null) strict;`);
  return sqlite;
}
