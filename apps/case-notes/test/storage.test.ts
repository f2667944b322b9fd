import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAudit, fileAnchor } from '../src/store/audit.ts';
import { openDatabase } from '../src/store/database.ts';
import { fileWrapping } from '../src/store/key-wrapping.ts';
import { ConflictError, SignedError } from '../src/store/notes.ts';
import { dueForErasure } from '../src/store/retention.ts';
import {
  eraseSubject,
  exportAsHtml,
  exportSubject,
  HoldError,
  setHold,
  vacuum,
} from '../src/store/subject.ts';
import { openWard } from './ward.ts';
import type { OpenWard } from './ward.ts';

let ward: OpenWard;
beforeEach(async () => {
  ward = await openWard();
});
afterEach(() => {
  ward.close();
});

function tamper(sql: string): void {
  const sqlite = new DatabaseSync(ward.path);
  sqlite.exec(`drop trigger if exists audit_keeps_words; drop trigger if exists audit_keeps_entries; ${sql}`);
  sqlite.close();
}

function addEntries(count: number): void {
  for (let index = 1; index <= count; index++) {
    ward.database.transaction(() => {
      ward.audit.append({ actor: 'ada', action: 'note.read', subject: ward.margaret, detail: { index } });
    });
  }
  ward.audit.anchor();
}

test('the file holds no plain text, and its folder and keys are for the owner only', () => {
  expect(ward.bytes().includes('Margaret')).toBe(false);
  expect(ward.bytes().includes('Quixotic')).toBe(false);
  expect(() => fileWrapping(join(ward.folder, 'wrapping.key'))).not.toThrow();
  chmodSync(join(ward.folder, 'wrapping.key'), 0o644);
  expect(() => fileWrapping(join(ward.folder, 'wrapping.key'))).toThrow('others can read it (mode 644)');
});

test('a note that was moved to another row does not open', async () => {
  const second = (await ward.notes(ward.margaret)).add('Another note.', ward.author);
  ward.database.sqlite
    .prepare('update note set body = (select body from note where id = ?) where id = ?')
    .run(ward.note, second);
  const notes = await ward.notes(ward.margaret);
  expect(notes.read(ward.note).text).toContain('cough');
  expect(() => notes.read(second)).toThrow('unable to authenticate data');
});

test("a note does not open with another patient's key, nor under another patient", async () => {
  const notes = await ward.notes(ward.jose);
  expect(() => notes.read(ward.note)).toThrow(`There is no note "${ward.note}".`);
});

test('two clinicians who edit at once lose nothing: the second is shown the first text', async () => {
  const notes = await ward.notes(ward.margaret);
  notes.change(ward.note, { text: 'First text.', version: 1, author: ward.author });
  try {
    notes.change(ward.note, { text: 'Second text.', version: 1, author: { ...ward.author, id: 'bob' } });
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(ConflictError);
    expect((error as ConflictError<{ text: string; version: number }>).current).toMatchObject({
      text: 'First text.',
      version: 2,
    });
  }
  expect(notes.read(ward.note)).toMatchObject({ text: 'First text.', version: 2, writtenBy: 'ada' });
});

test('a draft is versioned, signed as it was seen, and never changed afterwards', async () => {
  const notes = await ward.notes(ward.margaret);
  const content = { summary: 'Cough.', problems: [], medications: [], followUp: [] };
  expect(notes.saveSummary(ward.note, { content, version: 0, author: ward.author })).toBe(1);
  expect(() => notes.saveSummary(ward.note, { content, version: 0, author: ward.author })).toThrow(
    ConflictError,
  );
  expect(() => {
    notes.sign(ward.note, 2, ward.author);
  }).toThrow(ConflictError);
  notes.sign(ward.note, 1, ward.author);
  expect(notes.summaryOf(ward.note)).toMatchObject({ state: 'signed', version: 1, content });
  expect(() => notes.saveSummary(ward.note, { content, version: 1, author: ward.author })).toThrow(
    SignedError,
  );
  expect(() => {
    notes.sign(ward.note, 1, ward.author);
  }).toThrow(SignedError);
});

test('a transaction that fails leaves nothing, and no entry in the audit', () => {
  expect(() =>
    ward.database.transaction(() => {
      ward.audit.append({ actor: 'ada', action: 'note.read', subject: ward.margaret, detail: {} });
      throw new Error('power cut');
    }),
  ).toThrow('power cut');
  expect(ward.audit.entries()).toEqual([]);
});

test('the audit refuses changes and removals', () => {
  addEntries(3);
  expect(() => {
    ward.database.sqlite.exec('delete from audit where seq = 2');
  }).toThrow('append-only');
  expect(() => {
    ward.database.sqlite.exec("update audit set actor = 'eve'");
  }).toThrow('append-only');
  expect(ward.audit.verify()).toMatchObject({ isWhole: true, entries: 3 });
});

test.each([
  ["update audit set actor = 'eve' where seq = 2", 'Entry 2 was changed.'],
  ["update audit set at = '2020-01-01' where seq = 4", 'Entry 4 was changed.'],
  ['delete from audit where seq = 3', 'Entry 3 is missing.'],
  ['delete from audit where seq = 1', 'Entry 1 is missing.'],
  ['delete from audit where seq > 3', 'Entries 4 to 5 were cut off.'],
  ['delete from audit', 'Entries 1 to 5 were cut off.'],
])('a changed, removed or cut-off entry is named: %s', (sql, problem) => {
  addEntries(5);
  tamper(sql);
  expect(ward.audit.verify()).toMatchObject({ isWhole: false, problem });
});

test('an audit that was written anew from an entry on is named by its anchor', () => {
  addEntries(3);
  tamper('delete from audit where seq > 1');
  const forged = createAudit(ward.database, fileAnchor(join(ward.folder, 'elsewhere.jsonl')));
  for (let index = 0; index < 2; index++)
    forged.append({ actor: 'eve', action: 'note.read', subject: 'x', detail: {} });
  expect(forged.verify()).toMatchObject({ isWhole: true });
  expect(ward.audit.verify()).toMatchObject({
    isWhole: false,
    problem: expect.stringContaining('Entry 3') as string,
  });
});

test('after erasure no byte of the person is in the file, and the audit still verifies', async () => {
  addEntries(2);
  const notes = await ward.notes(ward.margaret);
  const content = { summary: "O'Hara coughs.", problems: [], medications: [], followUp: [] };
  notes.saveSummary(ward.note, { content, version: 0, author: ward.author });
  const secrets = ['record', 'wrapped_key'].map((column) =>
    Buffer.from(
      ward.database.sqlite.prepare(`select ${column} as value from patient where id = ?`).get(ward.margaret)
        ?.value as Uint8Array,
    ),
  );
  for (const table of ['note', 'summary'] as const) {
    const body = ward.database.sqlite
      .prepare(`select body from ${table} where ${table === 'note' ? 'id' : 'note'} = ?`)
      .get(ward.note)?.body;
    secrets.push(Buffer.from(body as Uint8Array));
  }
  expect(secrets.every((secret) => ward.bytes().includes(secret))).toBe(true);
  ward.database.transaction(() => {
    eraseSubject(ward.database, ward.margaret, '2026-11-29T00:00:00.000Z');
    ward.audit.append({
      actor: 'dpo',
      action: 'subject.erase',
      subject: ward.margaret,
      detail: { notes: 1 },
    });
  });
  vacuum(ward.database);
  for (const secret of secrets) expect(ward.bytes().includes(secret)).toBe(false);
  expect(await ward.patients.find(ward.margaret)).toBeUndefined();
  await expect(ward.patients.keyOf(ward.margaret)).rejects.toThrow('There is no patient');
  expect(ward.audit.verify()).toMatchObject({ isWhole: true, entries: 3 });
  expect((await ward.patients.find(ward.jose))?.record.name).toBe('José García');
});

test('a legal hold keeps a person, for erasure and for retention', () => {
  setHold(ward.database, ward.jose, 'case 17');
  expect(() => eraseSubject(ward.database, ward.jose, '2026-11-29')).toThrow(HoldError);
  expect(dueForErasure(ward.database, new Date('2026-11-29'))).toMatchObject([
    { id: ward.jose, hold: 'case 17' },
  ]);
  setHold(ward.database, ward.jose, undefined);
  expect(eraseSubject(ward.database, ward.jose, '2026-11-29')).toBe(0);
});

test('retention counts from the last contact, to the day', () => {
  expect(dueForErasure(ward.database, new Date('2019-12-31T23:59:59Z'))).toEqual([]);
  expect(dueForErasure(ward.database, new Date('2020-01-01T00:00:00Z'))).toEqual([]);
  expect(dueForErasure(ward.database, new Date('2020-01-01T00:00:00.001Z')).map(({ id }) => id)).toEqual([
    ward.jose,
  ]);
});

test("the export holds all of one person and nobody else's, as data and as a page without script", async () => {
  const data = await exportSubject(ward.database, ward.patients, ward.margaret);
  expect(data.notes.map(({ text }) => text)).toEqual(["Margaret O'Hara has a cough. Quixotic word."]);
  const page = exportAsHtml({
    ...data,
    patient: { ...data.patient, record: { ...data.patient.record, name: '<script>alert(1)</script>' } },
  });
  expect(page).not.toContain('<script');
  expect(page).toContain('Margaret O&#39;Hara has a cough.');
  expect(JSON.stringify(data)).not.toContain('García');
});

test('rotation wraps every data key anew, and goes on where it stopped', async () => {
  const wrapping = fileWrapping(join(ward.folder, 'wrapping.key'));
  const next = wrapping.rotate();
  expect(await ward.patients.rotate()).toBe(2);
  expect(await ward.patients.rotate()).toBe(0);
  const ids = ward.database.sqlite.prepare('select distinct key_id from patient').all();
  expect(ids).toEqual([{ key_id: next }]);
  const path = join(ward.folder, 'wrapping.key');
  writeFileSync(path, `${readFileSync(path, 'utf8').trim().split('\n').at(-1)}\n`);
  expect((await ward.notes(ward.margaret)).read(ward.note).text).toContain('cough');
});

test('a database of a newer program is not touched', () => {
  const path = join(ward.folder, 'newer.db');
  const sqlite = new DatabaseSync(path);
  sqlite.exec('pragma user_version = 99');
  sqlite.close();
  expect(() => openDatabase(path)).toThrow('it has version 99, this program knows 1');
});
