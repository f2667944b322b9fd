import { createClient } from '@aoai/client';
import type { Client } from '@aoai/client';
import { defineConfig } from '@aoai/config';
import { startMockAzure } from '@aoai/testing';
import type { MockAzure } from '@aoai/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import config from '../aoai.config.ts';
import { AnswerError, FilteredError, summarise } from '../src/assist/assist.ts';
import { findKnown, knownValues } from '../src/redact/known-values.ts';
import { WouldLeakError } from '../src/redact/leak-check.ts';
import { redact } from '../src/redact/redact.ts';
import { PlaceholderError } from '../src/redact/restore.ts';
import { syntheticNotes } from './quality.ts';

let mock: MockAzure;
let azure: Client<'notes'>;

beforeEach(async () => {
  mock = await startMockAzure({ config });
  azure = createClient(mock.config, { credential: mock.credential() });
});
afterEach(async () => {
  await azure.close();
  await mock.close();
});

const [first] = syntheticNotes('notes');
if (first === undefined) throw new Error('There are no notes: run node scripts/make-notes.ts.');
const { text, record } = first;

function answerWith(answer: Record<string, unknown>): void {
  mock.reply(
    'notes',
    JSON.stringify({ summary: '', problems: [], medications: [], followUp: [], ...answer }),
  );
}

test('no planted identifier reaches the wire', async () => {
  for (const note of syntheticNotes('notes')) {
    await summarise(redact(note.text, note.record), { azure, record: note.record }).catch(
      (error: unknown) => {
        // Default answers are extracts: some are no summary. What matters here is what was sent.
        if (!(error instanceof AnswerError) && !(error instanceof PlaceholderError)) throw error;
      },
    );
    const sent = mock.requests('notes').at(-1);
    const wire = JSON.stringify(sent?.body);
    const prompt = JSON.stringify((sent?.body as { messages: unknown[] }).messages.slice(1));
    for (const { value } of note.planted)
      expect(prompt.includes(JSON.stringify(value).slice(1, -1)), value).toBe(false);
    expect(findKnown(prompt, knownValues(note.record))).toEqual([]);
    expect(wire).toContain('"store":false');
    expect(sent?.headers.authorization).toMatch(/^Bearer/);
  }
  expect(mock.requests('notes')).toHaveLength(30);
  expect(mock.verdict()).toEqual([]);
});

test('a note that would leak is not sent', async () => {
  const note = redact(text, record);
  const leaking = { ...note, text: `${note.text}\nCall ${record.name.toUpperCase()}.` };
  await expect(summarise(leaking, { azure, record })).rejects.toThrow(WouldLeakError);
  expect(mock.requests()).toHaveLength(0);
});

test('the answer comes back with what the placeholders stand for, and each item with the place of its words', async () => {
  answerWith({
    summary: '[NAME_1] has pneumonia.',
    problems: [{ text: 'Pneumonia', code: 'J18.9', quote: 'community-acquired pneumonia' }],
    medications: [{ text: 'Aspirin', quote: 'aspirin 100 mg' }],
    followUp: [{ text: 'Visit on [DATE_3]', quote: 'Follow up on [DATE_3]' }],
  });
  const summary = await summarise(redact(text, record), { azure, record });
  expect(summary.summary).toBe("Margaret O'Hara has pneumonia.");
  const [problem] = summary.problems;
  expect(text.slice(problem?.place?.start, problem?.place?.end)).toBe('community-acquired pneumonia');
  expect(summary.medications[0]).toEqual({ text: 'Aspirin', quote: 'aspirin 100 mg' });
  expect(summary.followUp[0]).toMatchObject({
    text: 'Visit on 11/19/2026',
    quote: 'Follow up on 11/19/2026',
  });
});

test('an invented placeholder is refused by name', async () => {
  answerWith({ summary: '[NAME_9] has pneumonia.' });
  await expect(summarise(redact(text, record), { azure, record })).rejects.toThrow('[NAME_9]');
});

test('a code that is not on the list is refused', async () => {
  answerWith({ problems: [{ text: 'Pneumonia', code: 'J99.99', quote: 'pneumonia' }] });
  await expect(summarise(redact(text, record), { azure, record })).rejects.toThrow(AnswerError);
});

test('a filtered note is handled without losing it: the refusal names the category', async () => {
  const filtered = `${text}\nmock-filter:prompt:violence:high`;
  await expect(summarise(redact(filtered, record), { azure, record })).rejects.toThrow(FilteredError);
  await expect(summarise(redact(filtered, record), { azure, record })).rejects.toThrow('violence');
});

test('a deployment outside the EU is refused before a call', () => {
  expect(() =>
    defineConfig({
      resources: { main: { endpoint: 'https://case-notes.openai.azure.com', region: 'swedencentral' } },
      deployments: {
        notes: { resource: 'main', deployment: 'x', model: 'gpt-5.6-luna', sku: 'GlobalStandard' },
      },
      policy: { processing: ['EU'], apiKeys: 'forbid' },
    }),
  ).toThrow(/deployments\.notes/);
  expect(mock.requests()).toHaveLength(0);
});

test('stop ends the call to the service', async () => {
  const stop = new AbortController();
  const asked = summarise(redact(text, record), { azure, record, signal: stop.signal });
  stop.abort();
  await expect(asked).rejects.toThrow(/abort/i);
});
