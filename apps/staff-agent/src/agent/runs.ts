import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import type { Spent } from './limits.ts';

/** One conversation of one person. It lives on the server: the browser has its id only. */
export interface Run {
  readonly id: string;
  readonly person: string;
  readonly state: 'idle' | 'running' | 'waiting';
  readonly messages: readonly ChatCompletionMessageParam[];
  /** Since the last question. */
  readonly spent: Spent;
}

export interface Runs {
  create(person: string): Run;
  /** `undefined` for an unknown id and for somebody else's. */
  find(id: string, person: string): Run | undefined;
  newestOf(person: string): Run | undefined;
  /** Whether this caller may go on: one at a time does. */
  claim(id: string): boolean;
  save(run: Run): void;
}

const nothing: Spent = { steps: 0, tokens: 0, money: 0 };

export function createRuns(sqlite: DatabaseSync, now: () => number = Date.now): Runs {
  // Whoever was running when the process ended is not running any more.
  sqlite.exec("update run set state = 'waiting' where state = 'running'");
  return {
    create: (person) => {
      const run: Run = { id: randomUUID(), person, state: 'idle', messages: [], spent: nothing };
      sqlite
        .prepare('insert into run values (?, ?, ?, ?, ?, ?)')
        .run(run.id, person, run.state, '[]', JSON.stringify(run.spent), now());
      return run;
    },
    find: (id, person) => {
      const row = sqlite.prepare('select * from run where id = ? and person = ?').get(id, person);
      return row === undefined ? undefined : runOf(row);
    },
    newestOf: (person) => {
      const row = sqlite
        .prepare('select * from run where person = ? order by created_at desc, rowid desc limit 1')
        .get(person);
      return row === undefined ? undefined : runOf(row);
    },
    claim: (id) =>
      sqlite.prepare("update run set state = 'running' where id = ? and state <> 'running'").run(id)
        .changes === 1,
    save: ({ id, state, messages, spent }) => {
      sqlite
        .prepare('update run set state = ?, messages = ?, spent = ? where id = ?')
        .run(state, JSON.stringify(messages), JSON.stringify(spent), id);
    },
  };
}

function runOf(row: Record<string, unknown>): Run {
  return {
    id: String(row.id),
    person: String(row.person),
    state: row.state as Run['state'],
    messages: JSON.parse(String(row.messages)) as ChatCompletionMessageParam[],
    spent: JSON.parse(String(row.spent)) as Spent,
  };
}
