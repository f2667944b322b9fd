// A ward for a test: a database file, two patients, one note each.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAudit, fileAnchor } from '../src/store/audit.ts';
import { openDatabase } from '../src/store/database.ts';
import { fileWrapping } from '../src/store/key-wrapping.ts';
import { notesOf } from '../src/store/notes.ts';
import { createPatients } from '../src/store/patients.ts';

export async function openWard() {
  const folder = mkdtempSync(join(tmpdir(), 'case-notes-'));
  const path = join(folder, 'notes.db');
  const database = openDatabase(path);
  const wrapping = fileWrapping(join(folder, 'wrapping.key'));
  const anchors = join(folder, 'anchors.jsonl');
  const audit = createAudit(database, fileAnchor(anchors));
  const patients = createPatients(database, wrapping);
  const margaret = await patients.add(
    '4B',
    { name: "Margaret O'Hara", born: '1951-03-14' },
    '2026-11-01T00:00:00.000Z',
  );
  const jose = await patients.add(
    'ICU',
    { name: 'José García', born: '1960-01-02' },
    '2010-01-01T00:00:00.000Z',
  );
  const notes = async (patient: string) => notesOf(database, patient, await patients.keyOf(patient));
  const author = { id: 'ada', at: '2026-11-12T09:00:00.000Z' };
  const note = (await notes(margaret)).add("Margaret O'Hara has a cough. Quixotic word.", author);
  return {
    path,
    anchors,
    folder,
    database,
    wrapping,
    audit,
    patients,
    notes,
    margaret,
    jose,
    note,
    author,
    bytes: () => readFileSync(path),
    close: () => {
      database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type OpenWard = Awaited<ReturnType<typeof openWard>>;
