import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openClinic } from '../src/open-clinic.ts';
import { operate } from '../src/operate.ts';
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

async function run(...args: string[]) {
  const lines: string[] = [];
  const say = (line: string) => {
    lines.push(line);
  };
  const code = await operate(args, { env: { DATA_FOLDER: folder }, say, complain: say });
  return { code, text: lines.join('\n') };
}

test('as a program it prints what it did, or complains, and ends with the code', async () => {
  const script = fileURLToPath(new URL('../src/operator-command.ts', import.meta.url));
  const program = (...args: string[]) =>
    new Promise((resolve) => {
      const env = { ...process.env, DATA_FOLDER: folder };
      execFile(process.execPath, [script, ...args], { env }, (error, stdout, stderr) => {
        resolve({ code: error?.code ?? 0, stdout, stderr });
      });
    });
  const whole = expect.stringMatching(/^The audit is whole: .*\n$/) as string;
  expect(await program('verify')).toEqual({ code: 0, stdout: whole, stderr: '' });
  const complaint = expect.stringMatching(/^There is no patient .*\n$/) as string;
  expect(await program('erase', 'p_x', '--reason', 'request')).toEqual({
    code: 1,
    stdout: '',
    stderr: complaint,
  });
});

test('verify says that the audit is whole, and names what was cut off', async () => {
  expect(await run('verify')).toEqual({
    code: 0,
    text: expect.stringMatching(/^The audit is whole: 30 entries, anchored 20/) as string,
  });
  const sqlite = new DatabaseSync(join(folder, 'notes.db'));
  sqlite.exec('drop trigger audit_keeps_entries; delete from audit where seq > 28');
  sqlite.close();
  expect(await run('verify')).toEqual({
    code: 1,
    text: 'The audit is not whole. Entries 29 to 30 were cut off.',
  });
});

test('a dry run of retention erases nobody', async () => {
  const sqlite = new DatabaseSync(join(folder, 'notes.db'));
  sqlite.prepare("update patient set last_contact = '2001-01-01T00:00:00.000Z' where id = ?").run(patient);
  sqlite.close();
  expect((await run('retention', '--dry-run')).text).toBe(
    `${patient}  last contact 2001-01-01\n1 would be erased (dry run).`,
  );
  expect((await run('retention')).text).toContain('1 erased.');
  expect((await run('retention')).text).toBe('0 erased.');
});

test('retention says whom it has come to, also when it fails there', async () => {
  const sqlite = new DatabaseSync(join(folder, 'notes.db'));
  const rows = sqlite.prepare('select id from patient order by id limit 2').all();
  const [first, second] = rows.map(({ id }) => String(id));
  const date = sqlite.prepare('update patient set last_contact = ? where id = ?');
  date.run('2001-01-01T00:00:00.000Z', first ?? '');
  date.run('2002-01-01T00:00:00.000Z', second ?? '');
  sqlite.exec(`create trigger stuck before update of erased_at on patient when old.id = '${second ?? ''}'
    begin select raise(abort, 'stuck'); end`);
  sqlite.close();
  expect(await run('retention')).toEqual({
    code: 1,
    text: `${first}  last contact 2001-01-01\n${second}  last contact 2002-01-01\nstuck`,
  });
});

test('export writes one person as data and as a page, and erase removes them', async () => {
  expect((await run('export', patient, '--out', folder)).text).toContain('1 notes');
  const data = JSON.parse(readFileSync(join(folder, `${patient}.json`), 'utf8')) as { notes: unknown[] };
  expect(data.notes).toHaveLength(1);
  expect(readFileSync(join(folder, `${patient}.html`), 'utf8')).toContain('<h1>Your data</h1>');
  expect((await run('hold', patient, 'case 17')).code).toBe(0);
  expect(await run('erase', patient, '--reason', 'request')).toEqual({
    code: 1,
    text: expect.stringContaining('legal hold') as string,
  });
  expect((await run('hold', patient, '--lift')).code).toBe(0);
  expect((await run('erase', patient, '--reason', 'request')).code).toBe(0);
  expect(await run('erase', patient, '--reason', 'request')).toEqual({
    code: 1,
    text: expect.stringContaining('There is no patient') as string,
  });
  expect((await run('verify')).code).toBe(0);
});

test('rotate wraps all data keys with a new key, and the notes still open', async () => {
  expect((await run('rotate')).text).toMatch(/^30 data keys are wrapped by key-[0-9a-f]{12}\.$/m);
  expect((await run('export', patient, '--out', folder)).code).toBe(0);
});

test.each([[['erase', 'p_x']], [['erase']], [['nothing']], [[]], [['retention', '--dryrun']]])(
  'wrong words are one sentence, the usage and code 2: %j',
  async (args) => {
    const { code, text } = await run(...args);
    expect(code).toBe(2);
    expect(text).toContain('Usage:');
  },
);
