import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectAzure, type Azure } from '../src/azure.ts';
import { evaluate, groundedness, readQuestions, summarise, type EvaluationResult } from '../src/evaluate.ts';
import { documentsFolder, openHandbook, type Handbook } from '../src/open-handbook.ts';
import { readPeople } from '../src/people.ts';
import { figures, isMiss, reportPage } from '../src/report.ts';

const questionsFile = join(import.meta.dirname, '..', 'evaluation', 'questions.yaml');

describe.each(['SQLite', 'Azure AI Search'])('the evaluation with the passages in %s', (store) => {
  let azure: Azure;
  let handbook: Handbook;
  let results: EvaluationResult[];
  const folder = mkdtempSync(join(tmpdir(), 'rag-chat-evaluation-'));

  beforeAll(async () => {
    azure = await connectAzure({ env: {} });
    const search = store === 'SQLite' ? {} : { AZURE_SEARCH_ENDPOINT: azure.mock?.search.endpoint };
    handbook = await openHandbook(
      { ...azure, settings: { ...azure.settings, ...search } },
      { dataFolder: folder },
    );
    await handbook.ingest();
    results = await evaluate(handbook, await readQuestions(questionsFile), await readPeople(documentsFolder));
  });
  afterAll(async () => {
    await handbook.close();
    await azure.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('has forty questions, five of them paraphrases and five without an answer', () => {
    expect(results).toHaveLength(40);
    expect(results.filter(({ paraphrase }) => paraphrase === true)).toHaveLength(5);
    expect(results.filter(({ source }) => source === undefined)).toHaveLength(5);
  });

  test('stays above its thresholds', () => {
    const summary = summarise(results);
    const wrong = results
      .filter(isMiss)
      .map(({ question, state, rank, answer }) => ({ question, state, rank, answer }));
    expect({ ...summary, wrong }).toMatchObject({ refusals: 1, groundedness: 1 });
    expect(summary.recall, JSON.stringify(wrong, null, 1)).toBeGreaterThanOrEqual(0.97);
    expect(summary.mrr, JSON.stringify(wrong, null, 1)).toBeGreaterThanOrEqual(0.9);
    expect(summary.recallOfParaphrases).toBeGreaterThanOrEqual(0.8);
    expect(summary.answered, JSON.stringify(wrong, null, 1)).toBeGreaterThanOrEqual(0.85);
  });

  test('writes a page with its figures, two plots and what came out wrong', () => {
    const summary = summarise(results);
    const page = reportPage(summary, results);
    for (const [, value] of figures(summary)) expect(page).toContain(`<td>${value}</td>`);
    expect(page.match(/<svg/g)).toHaveLength(2);
    expect(page).not.toContain('<script');
  });
});

const passage = {
  id: 'a',
  document: 'a',
  title: '',
  heading: '',
  text: 'Lunch costs 4.80 EUR with the badge.',
  start: 0,
  end: 1,
};

test.each([
  ['what the passage says', 'Lunch costs 4.80 EUR. [1]', 1],
  ['half of it made up', 'Lunch costs 4.80 EUR. [1] Dinner is served on the terrace every evening. [1]', 0.5],
  ['a sentence without a citation', 'Lunch costs 4.80 EUR. [1] Enjoy your meal.', 0.5],
  ['no citation at all', 'Lunch costs 4.80 EUR.', 0],
])('groundedness of %s', (_, text, expected) => {
  expect(groundedness(text, [passage])).toBe(expected);
});
