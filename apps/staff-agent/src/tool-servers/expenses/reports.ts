import { readFileSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

export interface Report {
  /** `E-17` */
  readonly id: string;
  /** Object id of the person who is to be paid. */
  readonly owner: string;
  readonly purpose: string;
  readonly amount: number;
  readonly currency: 'EUR';
  readonly state: 'submitted' | 'approved' | 'rejected';
  readonly note: string;
  readonly decidedBy?: string;
}

export interface Reports {
  byId(id: string): Report | undefined;
  all(): Report[];
  /**
   * Decides a report, once: the same key again answers what the first time did.
   *
   * @throws Error when it was decided with another key.
   */
  decide(
    id: string,
    state: 'approved' | 'rejected',
    by: { readonly person: string; readonly key: string },
  ): Report;
}

/** The reports of the company in SQLite, filled with the seed when there are none. */
export function openReports(sqlite: DatabaseSync): Reports {
  sqlite.exec(`create table if not exists report (
    id text primary key, owner text not null, purpose text not null, amount real not null, state text not null,
    note text not null, decided_by text, decided_key text unique) strict`);
  if (sqlite.prepare('select count(*) as count from report').get()?.count === 0) seed(sqlite);
  const byId = (id: string) => {
    const row = sqlite.prepare('select * from report where id = ?').get(id);
    return row === undefined ? undefined : reportOf(row);
  };
  return {
    byId,
    all: () =>
      sqlite.prepare('select * from report order by cast(substr(id, 3) as integer)').all().map(reportOf),
    decide: (id, state, { person, key }) => {
      const done = sqlite.prepare('select * from report where decided_key = ?').get(key);
      if (done !== undefined) return reportOf(done);
      const { changes } = sqlite
        .prepare(
          "update report set state = ?, decided_by = ?, decided_key = ? where id = ? and state = 'submitted'",
        )
        .run(state, person, key, id);
      const report = byId(id);
      if (report === undefined) throw new Error(`There is no report ${JSON.stringify(id)}.`);
      if (changes === 0) throw new Error(`Report ${id} was ${report.state} before.`);
      return report;
    },
  };
}

function reportOf(row: Record<string, unknown>): Report {
  return {
    id: String(row.id),
    owner: String(row.owner),
    purpose: String(row.purpose),
    amount: Number(row.amount),
    currency: 'EUR',
    state: row.state as Report['state'],
    note: String(row.note),
    ...(row.decided_by === null ? {} : { decidedBy: row.decided_by as string }),
  };
}

function seed(sqlite: DatabaseSync): void {
  const reports = JSON.parse(
    readFileSync(new URL('../../../data/reports.json', import.meta.url), 'utf8'),
  ) as Report[];
  const insert = sqlite.prepare(
    'insert into report (id, owner, purpose, amount, state, note) values (?, ?, ?, ?, ?, ?)',
  );
  for (const { id, owner, purpose, amount, state, note } of reports)
    insert.run(id, owner, purpose, amount, state, note);
}
