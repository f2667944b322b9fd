import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openClinic } from '../src/open-clinic.ts';
import { seed } from '../src/seed.ts';

let folder: string;
let patient: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'case-notes-commands-'));
  const { clinic, database, close } = openClinic({ env: { DATA_FOLDER: folder } });
  await seed(clinic, database);
  patient = clinic.patients.idsOf('4B')[0] ?? '';
  close();
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function run(...args: string[]) {
  const script = fileURLToPath(new URL('../src/operator-command.ts', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    env: { ...process.env, DATA_FOLDER: folder },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('verify says that the audit is whole, and names what was cut off', () => {
  expect(run('verify')).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^The audit is whole: 30 entries, anchored 20/) as string,
  });
  const sqlite = new DatabaseSync(join(folder, 'notes.db'));
  sqlite.exec('drop trigger audit_keeps_entries; delete from audit where seq > 28');
  sqlite.close();
  expect(run('verify')).toMatchObject({
    status: 1,
    stderr: 'The audit is not whole. Entries 29 to 30 were cut off.\n',
  });
});

test('a dry run of retention erases nobody', () => {
  const sqlite = new DatabaseSync(join(folder, 'notes.db'));
  sqlite.prepare("update patient set last_contact = '2001-01-01T00:00:00.000Z' where id = ?").run(patient);
  sqlite.close();
  expect(run('retention', '--dry-run').stdout).toBe(
    `${patient}  last contact 2001-01-01\n1 would be erased (dry run).\n`,
  );
  expect(run('retention').stdout).toContain('1 erased.');
  expect(run('retention').stdout).toBe('0 erased.\n');
});

test('export writes one person as data and as a page, and erase removes them', () => {
  expect(run('export', patient, '--out', folder).stdout).toContain('1 notes');
  const data = JSON.parse(readFileSync(join(folder, `${patient}.json`), 'utf8')) as { notes: unknown[] };
  expect(data.notes).toHaveLength(1);
  expect(readFileSync(join(folder, `${patient}.html`), 'utf8')).toContain('<h1>Your data</h1>');
  expect(run('hold', patient, 'case 17').status).toBe(0);
  expect(run('erase', patient, '--reason', 'request')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('legal hold') as string,
  });
  expect(run('hold', patient, '--lift').status).toBe(0);
  expect(run('erase', patient, '--reason', 'request').status).toBe(0);
  expect(run('erase', patient, '--reason', 'request')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('There is no patient') as string,
  });
  expect(run('verify').status).toBe(0);
});

test('rotate wraps all data keys with a new key, and the notes still open', () => {
  expect(run('rotate').stdout).toMatch(/^30 data keys are wrapped by key-[0-9a-f]{12}\.$/m);
  expect(run('export', patient, '--out', folder).status).toBe(0);
});

test.each([[['erase', 'p_x']], [['erase']], [['nothing']], [[]], [['retention', '--dryrun']]])(
  'wrong words are one sentence, the usage and code 2: %j',
  (args) => {
    const { status, stderr } = run(...args);
    expect(status).toBe(2);
    expect(stderr).toContain('Usage:');
  },
);
