import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { AnswerState } from './answer.ts';

/** One question with its answer. */
export interface Turn {
  readonly id: string;
  readonly conversation: string;
  readonly question: string;
  readonly answer: string;
  readonly state: AnswerState | 'stopped';
  /** Ids of the passages, in the order of their numbers. */
  readonly sources: readonly string[];
  readonly cited: readonly number[];
  readonly rating?: 'up' | 'down' | undefined;
  readonly comment?: string | undefined;
}

interface Conversation {
  readonly id: string;
  /** Its first question. */
  readonly title: string;
}

/** What people asked. Everything is filed under a person, and nothing can be read without saying whose it is. */
export interface History {
  add(person: string, turn: Omit<Turn, 'rating' | 'comment'>): void;
  /** Newest first. */
  conversations(person: string): Conversation[];
  turns(person: string, conversation: string): Turn[];
  /** `false` when the person has no such turn. */
  rate(person: string, turn: string, opinion: Pick<Turn, 'rating' | 'comment'>): boolean;
  remove(person: string, conversation: string): void;
  close(): void;
}

const schema = `
  pragma journal_mode = wal;
  create table if not exists turn (
    number integer primary key, id text unique not null, person text not null, conversation text not null,
    question text not null, answer text not null, state text not null, sources text not null, cited text not null,
    rating text, comment text, at text not null default current_timestamp);
  create index if not exists turn_person on turn (person, conversation, number);`;

/** Conversations and ratings in a SQLite file. */
export function openHistory(path: string): History {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { timeout: 5000 });
  database.exec(schema);
  return {
    add(person, { id, conversation, question, answer, state, sources, cited }) {
      database
        .prepare(
          'insert into turn (id, person, conversation, question, answer, state, sources, cited) values (?, ?, ?, ?, ?, ?, ?, ?)',
        )
        .run(
          id,
          person,
          conversation,
          question,
          answer,
          state,
          JSON.stringify(sources),
          JSON.stringify(cited),
        );
    },
    conversations: (person) =>
      database
        .prepare(
          `select conversation as id, question as title from turn t
           where person = ? and number = (select min(number) from turn where person = t.person and conversation = t.conversation)
           order by (select max(number) from turn where person = t.person and conversation = t.conversation) desc limit 50`,
        )
        .all(person)
        .map(({ id, title }) => ({ id: String(id), title: String(title) })),
    turns: (person, conversation) =>
      database
        .prepare('select * from turn where person = ? and conversation = ? order by number')
        .all(person, conversation)
        .map((row): Turn => ({
          ...(row as unknown as Turn),
          sources: JSON.parse(String(row.sources)) as string[],
          cited: JSON.parse(String(row.cited)) as number[],
        })),
    rate: (person, turn, { rating, comment }) =>
      database
        .prepare('update turn set rating = ?, comment = ? where person = ? and id = ?')
        .run(rating ?? null, comment ?? null, person, turn).changes === 1,
    remove(person, conversation) {
      database.prepare('delete from turn where person = ? and conversation = ?').run(person, conversation);
    },
    close() {
      database.close();
    },
  };
}
