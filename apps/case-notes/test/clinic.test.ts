import { afterEach, beforeEach, expect, test } from 'vitest';
import { emergencyMs, ForbiddenError, ReasonError } from '../src/store/access.ts';
import { fileAnchor } from '../src/store/audit.ts';
import { createClinic } from '../src/clinic.ts';
import type { Assist, Clinic } from '../src/clinic.ts';
import { FilteredError } from '../src/assist/assist.ts';
import { ConflictError } from '../src/store/notes.ts';
import { openWard } from './ward.ts';
import type { OpenWard } from './ward.ts';

const ada = { id: 'oid-ada', name: 'Ada', roles: ['Ward.4B'] };
const bob = { id: 'oid-bob', name: 'Bob', roles: ['Ward.ICU'] };
const pia = { id: 'oid-pia', name: 'Pia', roles: ['PrivacyOfficer'] };
const empty = { summary: 'Cough.', problems: [], medications: [], followUp: [] };

let ward: OpenWard;
let clinic: Clinic;
let assist: Assist;
let now: Date;

beforeEach(async () => {
  ward = await openWard();
  now = new Date('2026-11-29T08:00:00Z');
  assist = async () => empty;
  clinic = createClinic({
    database: ward.database,
    wrapping: ward.wrapping,
    anchor: fileAnchor(ward.anchors),
    assist: (...call) => assist(...call),
    now: () => now,
  });
});
afterEach(() => {
  ward.close();
});

const actions = () =>
  ward.audit
    .entries()
    .map(({ actor, action, subject }) => `${actor} ${action} ${subject}`)
    .reverse();

test('the treating ward reads and writes, and each step is in the audit', async () => {
  await clinic.open(ada, ward.margaret);
  const note = await clinic.addNote(ada, ward.margaret, 'Second note.');
  await clinic.changeNote(ada, ward.margaret, { id: ward.note, text: 'Changed.', version: 1 });
  expect(actions()).toEqual([
    `oid-ada patient.read ${ward.margaret}`,
    `oid-ada note.add ${ward.margaret}`,
    `oid-ada note.change ${ward.note}`,
  ]);
  expect((await clinic.open(ada, ward.margaret)).notes.map(({ id }) => id).sort()).toEqual(
    [note, ward.note].sort(),
  );
});

test('another ward is refused at every door, and the refusal is in the audit', async () => {
  const ids = { patient: ward.margaret, note: ward.note };
  const doors = [
    () => clinic.open(bob, ward.margaret),
    () => clinic.addNote(bob, ward.margaret, 'x'),
    () => clinic.changeNote(bob, ward.margaret, { id: ward.note, text: 'x', version: 1 }),
    () => clinic.preview(bob, ids),
    () => clinic.summarise(bob, ids),
    () => clinic.saveSummary(bob, ids, { content: empty, version: 0 }),
    () => clinic.sign(bob, ids, 1),
    () => clinic.open(pia, ward.margaret),
  ];
  for (const door of doors) await expect(door()).rejects.toThrow(ForbiddenError);
  expect(actions().filter((action) => action.includes('access.refused'))).toHaveLength(doors.length);
});

test("a note of one patient is not reached through another patient's page", async () => {
  await expect(clinic.preview(bob, { patient: ward.jose, note: ward.note })).rejects.toThrow(
    'There is no note',
  );
});

test.each(['', '   ', 'too short'])('break-glass without a reason is refused: %j', async (reason) => {
  await expect(clinic.breakGlass(bob, ward.margaret, reason)).rejects.toThrow(ReasonError);
  await expect(clinic.open(bob, ward.margaret)).rejects.toThrow(ForbiddenError);
});

test('break-glass opens one patient for one person, ends by itself, and waits for the privacy officer', async () => {
  await clinic.breakGlass(bob, ward.margaret, 'Cardiac arrest in the hall, 4B is busy');
  expect((await clinic.open(bob, ward.margaret)).by).toBe('emergency');
  await expect(clinic.open({ ...bob, id: 'oid-eve' }, ward.margaret)).rejects.toThrow(ForbiddenError);
  const [emergency] = await clinic.emergencies(pia);
  expect(emergency).toMatchObject({
    person: 'oid-bob',
    patient: ward.margaret,
    reason: 'Cardiac arrest in the hall, 4B is busy',
  });
  await expect(clinic.emergencies(bob)).rejects.toThrow(ForbiddenError);
  clinic.review(pia, emergency?.id ?? '');
  expect(await clinic.emergencies(pia)).toEqual([]);
  now = new Date(now.getTime() + emergencyMs - 1);
  await clinic.open(bob, ward.margaret);
  now = new Date(now.getTime() + 1);
  await expect(clinic.open(bob, ward.margaret)).rejects.toThrow(ForbiddenError);
});

test('the reason of an emergency is in no table as text, and not in the audit', async () => {
  await clinic.breakGlass(bob, ward.margaret, 'Xylophone reason');
  expect(ward.bytes().includes('Xylophone')).toBe(false);
  expect(JSON.stringify(ward.audit.entries())).not.toContain('Xylophone');
});

test('a filtered note is handled without losing it', async () => {
  assist = async () => {
    throw new FilteredError(['violence']);
  };
  await expect(clinic.summarise(ada, { patient: ward.margaret, note: ward.note })).rejects.toThrow(
    FilteredError,
  );
  const { notes } = await clinic.open(ada, ward.margaret);
  expect(notes).toMatchObject([
    { id: ward.note, text: "Margaret O'Hara has a cough. Quixotic word.", summary: undefined },
  ]);
  expect(ward.audit.entries().find(({ action }) => action === 'note.summarise.failed')?.detail).toMatchObject(
    { code: 'FILTERED' },
  );
});

test('what the clinician marks is replaced too, and only the redacted note is handed on', async () => {
  const text = "Margaret O'Hara has a cough. Quixotic word.";
  const start = text.indexOf('Quixotic');
  const handed: string[] = [];
  assist = async (note) => {
    handed.push(note.text);
    return empty;
  };
  const ids = { patient: ward.margaret, note: ward.note };
  await clinic.summarise(ada, ids, { marks: [{ start, end: start + 8, kind: 'ID' }] });
  expect(handed).toEqual(['[NAME_1] has a cough. [ID_1] word.']);
});

test('an answer that arrives after somebody signed does not replace the signed text', async () => {
  const ids = { patient: ward.margaret, note: ward.note };
  await clinic.summarise(ada, ids);
  await clinic.sign(ada, ids, 1);
  await expect(clinic.summarise(ada, ids)).rejects.toThrow('This summary is signed');
  await expect(clinic.saveSummary(ada, ids, { content: empty, version: 1 })).rejects.toThrow('signed');
});

test('a change that fails leaves no entry that says it was made', async () => {
  await expect(
    clinic.changeNote(ada, ward.margaret, { id: ward.note, text: 'x', version: 7 }),
  ).rejects.toThrow(ConflictError);
  expect(actions()).toEqual([]);
});

test('the audit holds no clinical text, no name and no reason', async () => {
  const ids = { patient: ward.margaret, note: ward.note };
  await clinic.summarise(ada, ids);
  await clinic.exportSubject('dpo', ward.margaret);
  clinic.hold('dpo', ward.jose, 'case 17 of somebody');
  clinic.hold('dpo', ward.jose, undefined);
  clinic.erase('dpo', ward.margaret, 'request');
  const words = JSON.stringify(ward.audit.entries());
  expect(words).not.toMatch(/Margaret|Hara|cough|García|case 17/);
  expect(ward.audit.verify()).toMatchObject({ isWhole: true });
});

test('the audit is for auditors', () => {
  expect(() => clinic.auditView(ada)).toThrow(ForbiddenError);
  expect(clinic.auditView({ ...pia, roles: ['Auditor'] }).verdict.isWhole).toBe(true);
});
