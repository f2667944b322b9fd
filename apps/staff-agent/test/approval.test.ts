import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApprovals } from '../src/agent/approvals.ts';
import { openDatabase } from '../src/database.ts';
import { startRunning } from './running.ts';
import type { PersonAtWork, Running } from './running.ts';

let folder: string;
let app: Running;
let ada: PersonAtWork;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'staff-agent-'));
  app = await startRunning({ folder });
  ada = await app.person('ada');
});
afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

const stateOf = (id: string) => app.reports.byId(id)?.state;

async function waiting(question = 'Approve E-4') {
  const { run, approvals } = await ada.ask(question);
  const [approval] = approvals;
  if (approval === undefined) throw new Error('Nothing waits.');
  return { run, approval, approvals };
}

test('nothing happens before the person approves; then exactly what was shown happens', async () => {
  const { run, approval } = await waiting();
  expect(approval.shown).toBe('Approves E-4: Conference ticket, 588.50 EUR, to be paid to Bob Stone');
  expect(stateOf('E-4')).toBe('submitted');
  expect((await ada.decide(approval)).status).toBe(200);
  const { text, steps } = await ada.goOn(run);
  expect(steps).toEqual([
    'approval approve_expense_report approved',
    'tool approve_expense_report ok',
    'model gpt-5.6-luna-2026-07-09 ok',
  ]);
  expect(text).toContain('approved');
  expect(app.reports.byId('E-4')).toMatchObject({
    state: 'approved',
    decidedBy: 'a0000000-0000-4000-8000-000000000001',
  });
});

test('what is declined is not done, and the model is told', async () => {
  const { run, approval } = await waiting();
  await ada.decide(approval, false);
  const { text } = await ada.goOn(run);
  expect(text).toBe('The person declined. Nothing was done.');
  expect(stateOf('E-4')).toBe('submitted');
});

test('an approval counts once, for its arguments, its person and its time', async () => {
  const { approval } = await waiting();
  const bob = await app.person('bob');
  expect(await bob.decide(approval)).toMatchObject({ status: 404, body: { code: 'UNKNOWN' } });
  expect(await ada.decide({ ...approval, hash: 'f'.repeat(64) })).toMatchObject({
    status: 409,
    body: { code: 'CHANGED' },
  });
  expect((await ada.decide(approval)).status).toBe(200);
  expect(await ada.decide(approval)).toMatchObject({ status: 409, body: { code: 'DECIDED' } });
  expect(await ada.decide(approval, false)).toMatchObject({ status: 409, body: { code: 'DECIDED' } });
});

test('an approval ends by itself, to the millisecond', () => {
  let now = 1000;
  const approvals = createApprovals(openDatabase(':memory:'), { lifetimeMs: 500, now: () => now });
  const database = openDatabase(':memory:');
  database.exec("insert into run values ('r', 'ada', 'waiting', '[]', '{}', 0)");
  const kept = createApprovals(database, { lifetimeMs: 500, now: () => now });
  const asked = kept.ask({
    run: 'r',
    call: 'c',
    person: 'ada',
    tool: 't',
    arguments: { id: 'E-1' },
    shown: '',
  });
  now = 1499;
  expect(kept.ofRun('r')[0]?.state).toBe('pending');
  now = 1500;
  expect(kept.ofRun('r')[0]?.state).toBe('expired');
  expect(() => kept.decide(asked.id, { person: 'ada', hash: asked.hash, approve: true })).toThrow(
    'The time to approve this is over',
  );
  expect(approvals.ofRun('r')).toEqual([]);
});

test('arguments changed after approval are refused', async () => {
  const { run, approval } = await waiting();
  await ada.decide(approval);
  app.database.prepare('update approval set arguments = ? where id = ?').run('{"id":"E-12"}', approval.id);
  const { text } = await ada.goOn(run);
  expect(text).toContain('The arguments are not the ones that were shown. Nothing was done.');
  expect([stateOf('E-4'), stateOf('E-12')]).toEqual(['submitted', 'submitted']);
});

test('a report that changed after it was shown is not approved', async () => {
  const { run, approval } = await waiting();
  await ada.decide(approval);
  app.database.prepare("update report set amount = 9999 where id = 'E-4'").run();
  expect((await ada.goOn(run)).text).toContain(
    'Report E-4 has changed since it was shown. Nothing was done.',
  );
  expect(stateOf('E-4')).toBe('submitted');
});

test('two windows that go on at once execute once', async () => {
  const { run, approval } = await waiting();
  await ada.decide(approval);
  const both = await Promise.all([ada.goOn(run), ada.goOn(run)]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(both.flatMap(({ steps }) => steps).filter((step) => step.startsWith('tool'))).toEqual([
    'tool approve_expense_report ok',
  ]);
});

test('several changes wait one by one, and each is decided on its own', async () => {
  const { run, approvals } = await waiting('Approve E-4 and E-12 and E-16');
  expect(approvals.map(({ arguments: args }) => args.id)).toEqual(['E-4', 'E-12', 'E-16']);
  const [first, second, third] = approvals;
  if (!first || !second || !third) throw new Error('Three were expected.');
  await ada.decide(first);
  await ada.decide(second, false);
  expect((await ada.goOn(run)).events.at(-1)).toMatchObject({ type: 'end', state: 'waiting' });
  expect([stateOf('E-4'), stateOf('E-12'), stateOf('E-16')]).toEqual(['approved', 'submitted', 'submitted']);
  await ada.decide(third);
  expect((await ada.goOn(run)).events.at(-1)).toMatchObject({ type: 'end', state: 'idle' });
  expect([stateOf('E-4'), stateOf('E-12'), stateOf('E-16')]).toEqual(['approved', 'submitted', 'approved']);
});

test('a question while something waits is refused, and a reload shows what waits', async () => {
  const { run, approval } = await waiting();
  expect((await ada.ask('And E-12?', run)).status).toBe(409);
  const reloaded = (await (await ada.visitor.get('/api/run')).json()) as {
    state: string;
    approvals: { id: string }[];
  };
  expect(reloaded).toMatchObject({ state: 'waiting', approvals: [{ id: approval.id }] });
});

test('a crash between approval and execution executes once', async () => {
  const { run, approval } = await waiting();
  await ada.decide(approval);
  // The tool has done it, and the process ends before the answer is kept.
  app.reports.decide('E-4', 'approved', { person: approval.person, key: approval.id });
  app.database.prepare("update run set state = 'running' where id = ?").run(run);
  await app.close();
  app = await startRunning({ folder });
  ada = await app.person('ada');
  const { text, steps } = await ada.goOn(run);
  expect(steps.filter((step) => step.startsWith('tool'))).toEqual(['tool approve_expense_report ok']);
  expect(text).toContain('E-4: Conference ticket, 588.50 EUR, Bob Stone, approved.');
  expect(app.reports.all().filter(({ decidedBy }) => decidedBy !== undefined)).toHaveLength(1);
});

test('a crash before the tool was called executes once, too', async () => {
  const { run, approval } = await waiting();
  await ada.decide(approval);
  await app.close();
  app = await startRunning({ folder });
  ada = await app.person('ada');
  expect((await ada.goOn(run)).steps).toContain('tool approve_expense_report ok');
  expect(stateOf('E-4')).toBe('approved');
  expect((await ada.goOn(run)).steps).toEqual([]);
});
