import type { Database } from './database.ts';
import { notesOf } from './notes.ts';
import type { Note, StoredSummary } from './notes.ts';
import type { Patient, Patients } from './patients.ts';
import { NotFoundError } from './patients.ts';

/** Everything about one person, for that person (GDPR 15 and 20). */
export interface SubjectExport {
  readonly patient: Patient;
  readonly notes: readonly (Note & { readonly summary?: StoredSummary })[];
}

export async function exportSubject(
  database: Database,
  patients: Patients,
  id: string,
): Promise<SubjectExport> {
  const patient = await patients.find(id);
  if (patient === undefined) throw new NotFoundError('patient', id);
  const notes = notesOf(database, id, await patients.keyOf(id));
  return {
    patient,
    notes: notes.list().map((note) => {
      const summary = notes.summaryOf(note.id);
      return summary === undefined ? note : { ...note, summary };
    }),
  };
}

/** The same to read: one page, no script, nothing loaded from elsewhere. */
export function exportAsHtml({ patient, notes }: SubjectExport): string {
  const row = ([name, value]: readonly [string, unknown]) =>
    `<tr><th scope="row">${escape(name)}</th><td>${escape(Array.isArray(value) ? value.join(', ') : String(value))}</td></tr>`;
  const entry = (note: SubjectExport['notes'][number]) =>
    `<article><h2>Note of ${escape(note.writtenAt.slice(0, 10))}</h2><pre>${escape(note.text)}</pre>${
      note.summary === undefined
        ? ''
        : `<h3>Summary (${note.summary.state})</h3><p>${escape(note.summary.content.summary)}</p>`
    }</article>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Your data</title>
<style>body{font:16px/1.5 system-ui;max-width:46rem;margin:2rem auto;padding:0 1rem}th{text-align:left;padding-right:1rem}pre{white-space:pre-wrap;font:inherit}</style></head>
<body><h1>Your data</h1><table>${Object.entries(patient.record).map(row).join('')}</table>${notes.map(entry).join('')}</body></html>
`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/** The law or a court says that this person's data must stay. */
export class HoldError extends Error {
  override readonly name = 'HoldError';
  readonly code = 'LEGAL_HOLD';

  constructor(id: string, hold: string) {
    super(
      `Cannot erase patient "${id}": a legal hold is set (${JSON.stringify(hold)}). Lift the hold first.`,
    );
  }
}

/**
 * Erases one person within the open transaction: the key (so that backups cannot be read either), the record, the notes. The
 * audit keeps the random id. Call `vacuum` after the transaction: then no byte is left in the file.
 *
 * @throws HoldError while a legal hold is set.
 */
export function eraseSubject(database: Database, id: string, erasedAt: string): number {
  const { sqlite } = database;
  const row = sqlite.prepare('select hold from patient where id = ? and erased_at is null').get(id);
  if (row === undefined) throw new NotFoundError('patient', id);
  if (row.hold !== null) throw new HoldError(id, String(row.hold));
  const notes = sqlite.prepare('select count(*) as count from note where patient = ?').get(id)?.count;
  sqlite.prepare('delete from summary where note in (select id from note where patient = ?)').run(id);
  sqlite.prepare('delete from note where patient = ?').run(id);
  sqlite.prepare('delete from emergency_access where patient = ?').run(id);
  sqlite
    .prepare(
      'update patient set key_id = null, wrapped_key = null, record = null, hold = null, erased_at = ? where id = ?',
    )
    .run(erasedAt, id);
  return Number(notes);
}

/** Writes the file anew, without the pages that were freed. */
export function vacuum(database: Database): void {
  database.sqlite.exec('vacuum');
}

export function setHold(database: Database, id: string, hold: string | undefined): void {
  const { changes } = database.sqlite
    .prepare('update patient set hold = ? where id = ? and erased_at is null')
    .run(hold ?? null, id);
  if (changes === 0) throw new NotFoundError('patient', id);
}
