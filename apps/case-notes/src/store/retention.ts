import type { Database } from './database.ts';

/** How long a record is kept after the last contact. Set it to the law that applies to you. */
const retentionYears = 10;

export interface Due {
  readonly id: string;
  readonly lastContact: string;
  readonly hold: string | undefined;
}

/** Who is due for erasure at this time. Those on legal hold are named, and stay. */
export function dueForErasure(database: Database, now: Date, years: number = retentionYears): Due[] {
  const limit = new Date(now);
  limit.setUTCFullYear(limit.getUTCFullYear() - years);
  return database.sqlite
    .prepare(
      'select id, last_contact, hold from patient where erased_at is null and last_contact < ? order by last_contact',
    )
    .all(limit.toISOString())
    .map((row) => ({
      id: String(row.id),
      lastContact: String(row.last_contact),
      hold: row.hold === null ? undefined : String(row.hold),
    }));
}
