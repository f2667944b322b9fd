import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRunning } from './running.ts';
import { signedIn } from './visitor.ts';
import type { Visitor } from './visitor.ts';

let app: Awaited<ReturnType<typeof startRunning>>;
let ada: Visitor;
let bob: Visitor;

beforeAll(async () => {
  app = await startRunning();
  ada = await signedIn(app.url, 'ada');
  bob = await signedIn(app.url, 'bob');
});
afterAll(() => app.stop());

async function json<T>(response: Response): Promise<T> {
  return (await response.json()) as T;
}

async function first(visitor: Visitor) {
  const list = await json<{ id: string; isMine: boolean }[]>(await visitor.get('/api/patients'));
  const id = list.find(({ isMine }) => isMine)?.id ?? '';
  const { notes } = await json<{ notes: { id: string; text: string; version: number }[] }>(
    await visitor.get(`/api/patients/${id}`),
  );
  return { id, note: notes[0] ?? { id: '', text: '', version: 0 } };
}

test('a note is previewed, summarised and signed', async () => {
  const { id, note } = await first(ada);
  const path = `/api/patients/${id}/notes/${note.id}`;
  const preview = await json<{ text: string }>(await ada.post(`${path}/preview`));
  expect(preview.text).toMatch(/\[NAME_1\]/);
  const { content } = await json<{ content: { summary: string } }>(await ada.post(`${path}/summarise`));
  expect(content.summary).not.toMatch(/\[[A-Z]+_\d+\]/);
  const sent = app.azure.mock?.requests('notes').at(-1)?.body as { messages: { content: string }[] };
  expect(sent.messages[1]?.content).toBe(preview.text);
  expect((await ada.post(`${path}/sign`, { version: 7 })).status).toBe(409);
  expect((await ada.post(`${path}/sign`, { version: 1 })).status).toBe(200);
  expect((await ada.post(`${path}/summary`, { content, version: 1 })).status).toBe(409);
});

test('the second of two who edit gets the text of the first', async () => {
  const { id, note } = await first(bob);
  const path = `/api/patients/${id}/notes/${note.id}`;
  expect((await bob.post(path, { text: 'First.', version: note.version })).status).toBe(200);
  const second = await bob.post(path, { text: 'Second.', version: note.version });
  expect(second.status).toBe(409);
  expect(await json<unknown>(second)).toMatchObject({
    code: 'CONFLICT',
    current: { text: 'First.', version: note.version + 1 },
  });
});

test('another ward, nobody and an unknown patient are refused', async () => {
  const { id } = await first(ada);
  expect((await bob.get(`/api/patients/${id}`)).status).toBe(403);
  expect((await ada.get('/api/patients/p_nobody')).status).toBe(404);
  const dan = await signedIn(app.url, 'dan');
  expect(await json<unknown>(await dan.get('/api/patients'))).toEqual([]);
  expect((await dan.get(`/api/patients/${id}`)).status).toBe(403);
  expect((await dan.get('/api/audit')).status).toBe(403);
  expect((await dan.post(`/api/patients/${id}/emergency`, { reason: 'I am curious today' })).status).toBe(
    403,
  );
});

test.each([
  ['no JSON at all', 'x'],
  ['a mark that ends before it starts', { marks: [{ start: 5, end: 2, kind: 'ID' }] }],
  ['an unknown kind', { marks: [{ start: 1, end: 2, kind: 'SECRET' }] }],
])('a body that is wrong is one clear refusal: %s', async (_name, body) => {
  const { id, note } = await first(ada);
  const response = await ada.post(`/api/patients/${id}/notes/${note.id}/preview`, body);
  expect(response.status).toBe(400);
  expect(await json<unknown>(response)).toMatchObject({ code: 'BODY_INVALID' });
});

test('a service that is down is a sentence, the note stays, and the audit has the attempt', async () => {
  const { id, note } = await first(ada);
  const { respondWith } = await import('@aoai/testing');
  app.azure.mock?.fail('notes', respondWith({ status: 400, body: { error: { code: 'x', message: 'No.' } } }));
  const { notes } = await json<{ notes: { id: string; text: string }[] }>(
    await ada.get(`/api/patients/${id}`),
  );
  const other = await ada.post(`/api/patients/${id}/notes`, { text: 'A cough again.' });
  const added = (await json<{ id: string }>(other)).id;
  const response = await ada.post(`/api/patients/${id}/notes/${added}/summarise`);
  expect([response.status, (await json<{ code: string }>(response)).code]).toEqual([503, 'UNAVAILABLE']);
  expect(notes[0]?.text).toBe(note.text);
  const pia = await signedIn(app.url, 'pia');
  const view = await json<{ verdict: { isWhole: boolean }; entries: { action: string }[] }>(
    await pia.get('/api/audit'),
  );
  expect(view.verdict.isWhole).toBe(true);
  expect(view.entries[0]?.action).toBe('note.summarise.failed');
});

test('no line of the log holds a word of a note or a name', () => {
  expect(JSON.stringify(app.lines)).not.toMatch(/cough|Margaret|p_[\w-]{12}/);
});
