import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readFileSync } from 'node:fs';
import { documentsFolder } from '../src/open-handbook.ts';
import { groupFilter, groupsOf } from '../src/rights.ts';
import { ask, runApp, type RunningApp, type Store } from './running-app.ts';
import { signedIn, type Visitor } from './visitor.ts';

/** What only the People team may know: facts of their folder, found nowhere else. */
const secretsOfHr = [
  '68,000',
  '89,000',
  'Linnea Falk',
  '7,500 EUR',
  'Pavel Horak',
  '1,500 EUR',
  'eleven months',
];
const questionsAboutHr = [
  'What does a senior engineer earn in pay band H4?',
  'Which team moves from Aarhus to Kolding?',
  'How much severance pay is there?',
  'What do I get when I refer somebody?',
];

describe.each<Store>(['SQLite', 'Azure AI Search'])('with the passages in %s', (store) => {
  let app: RunningApp;
  let ada: Visitor;
  let bob: Visitor;
  let dan: Visitor;

  beforeAll(async () => {
    app = await runApp(store);
    [ada, bob, dan] = await Promise.all([
      signedIn(app.url, 'ada'),
      signedIn(app.url, 'bob'),
      signedIn(app.url, 'dan'),
    ]);
  });
  afterAll(() => app.close());

  test('Ada of the People team gets the answers that Bob does not', async () => {
    const answer = await ask(ada, questionsAboutHr[0] ?? '');
    expect(answer.text).toContain('68,000 to 89,000 EUR');
    expect(answer.sources[0]?.document).toBe('people/pay-bands.md');
  });

  test('Bob never sees a passage of HR, by question, citation, link, follow-up, history or cache', async () => {
    const seen: string[] = [];
    // The same questions that Ada has just had answered: nothing of her answers may be left anywhere.
    const hers = [];
    for (const question of questionsAboutHr) hers.push(await ask(ada, question, 'shared-id'));
    expect(hers.map(({ raw }) => raw).join()).toMatch(/68,000|Linnea Falk/);
    for (const question of [...questionsAboutHr, ...hers.flatMap(({ followUps }) => followUps)]) {
      const his = await ask(bob, question, 'shared-id');
      expect(
        his.sources.map(({ document }) => document).filter((path) => !path.startsWith('handbook/')),
      ).toEqual([]);
      // His own words come back to him; what counts is what the server adds.
      seen.push(his.raw);
    }
    for (const { id, sources } of hers) {
      const rating = await bob.post(`/api/turns/${id}/rating`, { rating: 'up' });
      expect(rating.status).toBe(404);
      for (const { document } of sources.filter((source) => source.document.startsWith('people/'))) {
        const response = await bob.get(`/api/documents?path=${encodeURIComponent(document)}`);
        expect(response.status).toBe(404);
        seen.push(await response.text());
      }
    }
    const history = await bob.get('/api/conversations/shared-id');
    seen.push(await history.text(), await (await bob.get('/api/conversations')).text());
    for (const secret of secretsOfHr) expect(seen.filter((text) => text.includes(secret))).toEqual([]);
  });

  test('a document without groups is for nobody', async () => {
    const chloe = await signedIn(app.url, 'chloe');
    for (const person of [ada, bob, chloe, dan]) {
      const answer = await ask(
        person,
        'Will the headquarters move to the harbour of Kolding in 2029, and what is the rent?',
      );
      expect(answer.raw).not.toMatch(/1\.3 million|drafts\//);
      const response = await person.get('/api/documents?path=drafts/office-move.md');
      expect(response.status).toBe(404);
    }
  });

  test('a person without groups reads nothing, and the index is not even asked', async () => {
    const before = app.mock?.requests().length;
    const answer = await ask(dan, 'How many days of vacation are there?');
    expect([answer.state, answer.sources]).toEqual(['not-found', []]);
    // One request, for the vector of the question; none for an answer.
    expect(
      app.mock
        ?.requests()
        .slice(before)
        .map(({ path }) => path.split('/').at(-1)),
    ).toEqual(['embeddings']);
  });

  test('a document that one may not read looks like one that does not exist', async () => {
    const texts = ['people/pay-bands.md', 'people/no-such-file.md'].map(async (path) => {
      const response = await bob.get(`/api/documents?path=${path}`);
      return [response.status, await response.text()];
    });
    const [hidden, missing] = await Promise.all(texts);
    expect(hidden).toEqual(missing);
  });

  test('an answer is withdrawn from the history when its sources are no longer for the person', async () => {
    const { id } = await ask(ada, questionsAboutHr[0] ?? '', 'withdrawn');
    const file = new DatabaseSync(join(app.dataFolder, 'history.db'), { timeout: 5000 });
    const dansId = app.mock?.identity.directory.user('dan')?.objectId ?? '';
    file.prepare('update turn set person = ? where id = ?').run(dansId, id);
    file.close();
    const turns: unknown = await (await dan.get('/api/conversations/withdrawn')).json();
    expect(turns).toMatchObject([{ id, state: 'withdrawn', answer: '', sources: [] }]);
  });
});

test('every query to the index carries the groups of the token, and the token of the person', async () => {
  const app = await runApp('Azure AI Search');
  try {
    app.mock?.reset();
    const chloe = await signedIn(app.url, 'chloe');
    await ask(chloe, 'What is the budget for research in 2026?', 'c');
    await ask(chloe, 'And who releases the reserve?', 'c');
    await chloe.get('/api/documents?path=finance/budget-2026.md');
    await chloe.get('/api/conversations/c');
    const filter = groupFilter({ groups: groupsOf({ groups: groupIds(app, 'chloe') }) });
    const queries =
      app.mock?.search.requests().filter(({ path }) => path.endsWith('/docs/search.post.search')) ?? [];
    // Two searches, one document, and one look for the sources of each turn.
    expect(queries).toHaveLength(5);
    for (const { body = '{}', caller } of queries) {
      expect((JSON.parse(body) as { readonly filter: string }).filter).toContain(filter);
      expect(caller).toBe(app.mock?.identity.directory.user('chloe')?.objectId);
    }
    expect(groupIds(app, 'chloe')).toHaveLength(3);
  } finally {
    await app.close();
  }
});

function groupIds(app: RunningApp, user: string): readonly string[] {
  const found = app.mock?.identity.directory.user(user);
  return found === undefined ? [] : (app.mock?.identity.directory.groupIds(found) ?? []);
}

test.each([
  ["a group that would end the filter's text", ["x') or (1 eq 1"]],
  ['no group at all', []],
])('no filter is written for %s', (_, groups) => {
  expect(() => groupFilter({ groups })).toThrow('Cannot search: the reader has no groups.');
});

test('ids that are no ids are dropped from the groups of a person, and order does not matter', () => {
  const [one, two] = ['6f9d2b10-5a53-4c55-9a3e-0c6f4a2d1e01', '6f9d2b10-5a53-4c55-9a3e-0c6f4a2d1e02'];
  expect(groupsOf({ groups: [two.toUpperCase(), "x')", one, two] })).toEqual([one, two]);
});

test('the groups of the documents are those of the people', () => {
  const groupsIn = (path: string) =>
    (parse(readFileSync(path, 'utf8')) as { readonly groups: unknown }).groups;
  expect(groupsIn(join(documentsFolder, 'access.yaml'))).toEqual(
    groupsIn(join(documentsFolder, '..', 'aoai.identity.yaml')),
  );
});
