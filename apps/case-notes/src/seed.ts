import { readFileSync } from 'node:fs';
import type { Clinic } from './clinic.ts';
import type { Database } from './store/database.ts';
import { notesOf } from './store/notes.ts';
import type { PatientRecord } from './redact/known-values.ts';

interface SeedNote {
  readonly file: string;
  readonly ward: string;
  readonly record: PatientRecord;
}

/** Fills an empty store with the synthetic notes, so that there is something to see. */
export async function seed(clinic: Clinic, database: Database): Promise<number> {
  if (clinic.patients.wards().length > 0) return 0;
  const folder = new URL('../data/notes/', import.meta.url);
  const notes = JSON.parse(readFileSync(new URL('planted.json', folder), 'utf8')) as SeedNote[];
  const entries: { readonly id: string; readonly key: Buffer; readonly text: string }[] = [];
  for (const { file, ward, record } of notes) {
    const id = await clinic.patients.add(ward, record, '2026-11-12T09:00:00.000Z');
    entries.push({
      id,
      key: await clinic.patients.keyOf(id),
      text: readFileSync(new URL(file, folder), 'utf8'),
    });
  }
  database.transaction(() => {
    for (const { id, key, text } of entries) {
      notesOf(database, id, key).add(text, { id: 'seed', at: '2026-11-12T09:00:00.000Z' });
      clinic.audit.append({ actor: 'system', action: 'seed', subject: id, detail: {} });
    }
  });
  clinic.audit.anchor();
  return entries.length;
}
