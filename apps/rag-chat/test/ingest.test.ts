import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectAzure, type Azure } from '../src/azure.ts';
import { chunk } from '../src/chunk.ts';
import { extract } from '../src/extract.ts';
import { documentsFolder, openHandbook, type Handbook } from '../src/open-handbook.ts';

const everyone = { groups: ['6f9d2b10-5a53-4c55-9a3e-0c6f4a2d1e01'] };

describe('a text is cut', () => {
  test.each([
    'handbook/travel.md',
    'handbook/speaking-up.pdf',
    'handbook/support-levels.docx',
    'handbook/laser-lab.html',
    'handbook/clean-room.txt',
  ])('without a gap or an overlap: %s', async (path) => {
    const { text } = await extract(path, readFileSync(join(documentsFolder, path)));
    const pieces = chunk(text);
    expect(pieces.map(({ start, end }) => text.slice(start, end)).join('')).toBe(text);
    expect(pieces.length).toBeGreaterThan(0);
  });

  test('at headings, with the way to them', () => {
    const filler =
      'This sentence makes the section long enough to stand for itself in the index of passages. '.repeat(2);
    const text = `# Leave\n\n## Parents\n\n${filler}\n\n### Money\n\n${filler}\n\n## Others\n\n${filler}`;
    expect(chunk(text).map(({ heading }) => heading)).toEqual(['Parents', 'Parents › Money', 'Others']);
  });

  test('at sentences when a section is long, and never longer than 1200 characters', () => {
    const text = 'A rule of eight words stands in here. '.repeat(200);
    const pieces = chunk(text);
    expect(Math.max(...pieces.map(({ start, end }) => end - start))).toBeLessThanOrEqual(1200);
    for (const { start } of pieces) expect(text.slice(start, start + 6)).toBe('A rule');
  });

  test('also where it has no spaces at all', () => {
    expect(chunk('x'.repeat(3000)).map(({ start }) => start)).toEqual([0, 1200, 2400]);
  });
});

test('menus, footers and comments of a page are not part of its text', async () => {
  const page =
    '<html><body><nav>Menu</nav><main><h1>Title</h1><!-- secret --><p>Text.</p></main><footer>Foot</footer></body></html>';
  expect(await extract('a.html', Buffer.from(page))).toEqual({ title: 'Title', text: '# Title\n\nText.' });
});

describe.each(['SQLite', 'Azure AI Search'])('the index in %s', (store) => {
  let azure: Azure;
  let handbook: Handbook;
  let folder: string;

  beforeAll(async () => {
    azure = await connectAzure({ env: {} });
  });
  afterAll(() => azure.close());

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rag-chat-ingest-'));
    mkdirSync(join(folder, 'documents', 'handbook'), { recursive: true });
    cpSync(join(documentsFolder, 'access.yaml'), join(folder, 'documents', 'access.yaml'));
    write(
      'handbook/tea.md',
      '# Tea\n\nTea is served at 16:10 in the winter garden, with biscuits on the first Friday of each month.',
    );
    write(
      'handbook/keys.md',
      '# Keys\n\nThe spare keys hang in cabinet nine, next to the boiler that was painted green last spring.',
    );
    const search = store === 'SQLite' ? {} : { AZURE_SEARCH_ENDPOINT: azure.mock?.search.endpoint };
    handbook = await openHandbook(
      { ...azure, settings: { ...azure.settings, ...search } },
      { dataFolder: folder },
    );
  });
  afterEach(async () => {
    for (const path of (await handbook.passages.documents()).keys()) await handbook.passages.remove(path);
    await handbook.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function write(path: string, text: string | Uint8Array): void {
    writeFileSync(join(folder, 'documents', path), text);
  }

  async function ingest(options: Parameters<Handbook['ingest']>[1] = {}) {
    const results = await handbook.ingest(join(folder, 'documents'), options);
    return Object.fromEntries(results.map(({ path, state }) => [path, state]));
  }

  async function find(text: string, reader = everyone): Promise<string[]> {
    const [vector = []] = await handbook.embed([text]);
    const found = await handbook.passages.search({ text, vector, top: 5 }, reader);
    return found.map(({ document }) => document);
  }

  const embedCalls = () =>
    azure.mock?.requests().filter(({ path }) => path.includes('/embeddings')).length ?? 0;

  test('what is unchanged is skipped without a call, what has changed is found in its new words', async () => {
    expect(await ingest()).toEqual({ 'handbook/keys.md': 'added', 'handbook/tea.md': 'added' });
    const before = embedCalls();
    expect(await ingest()).toEqual({ 'handbook/keys.md': 'unchanged', 'handbook/tea.md': 'unchanged' });
    expect(embedCalls()).toBe(before);
    write(
      'handbook/tea.md',
      '# Tea\n\nTea is served at 17:45 on the roof terrace, unless the wind is stronger than force seven.',
    );
    expect(await ingest()).toEqual({ 'handbook/keys.md': 'unchanged', 'handbook/tea.md': 'changed' });
    const [first] = await handbook.passages.read('handbook/tea.md', everyone);
    expect(first?.text).toContain('17:45');
    expect(await find('When is tea served?')).toContain('handbook/tea.md');
  });

  test('a removed file cannot be found after ingest', async () => {
    await ingest();
    expect(await find('Where do the spare keys hang?')).toContain('handbook/keys.md');
    rmSync(join(folder, 'documents', 'handbook', 'keys.md'));
    expect(await ingest()).toEqual({ 'handbook/tea.md': 'unchanged', 'handbook/keys.md': 'removed' });
    expect(await find('Where do the spare keys hang?')).not.toContain('handbook/keys.md');
    expect(await handbook.passages.read('handbook/keys.md', everyone)).toEqual([]);
    expect(await handbook.passages.find(['handbook/keys.md#0'], everyone)).toEqual([]);
  });

  test('a document that becomes shorter leaves nothing of its old self', async () => {
    const section = (name: string) =>
      `## ${name}\n\n${`The ${name} rule applies to everybody in the house. `.repeat(4)}\n\n`;
    write('handbook/tea.md', `# Tea\n\n${section('kettle')}${section('saucer')}`);
    await ingest();
    write('handbook/tea.md', `# Tea\n\n${section('kettle')}`);
    await ingest();
    const left = await handbook.passages.read('handbook/tea.md', everyone);
    expect(left.map(({ text }) => text).join('')).not.toContain('saucer');
  });

  test('an interrupted ingest goes on where it was', async () => {
    const stop = new AbortController();
    const interrupted = ingest({
      signal: stop.signal,
      filesAtATime: 1,
      onProgress: (done) => {
        if (done === 1) stop.abort();
      },
    });
    await expect(interrupted).rejects.toThrow();
    expect([...(await handbook.passages.documents()).keys()]).toEqual(['handbook/keys.md']);
    expect(await ingest()).toEqual({ 'handbook/keys.md': 'unchanged', 'handbook/tea.md': 'added' });
  });

  test('a broken file is named and does not stop the rest; what was in of it stays', async () => {
    await ingest();
    write('handbook/keys.md', new Uint8Array([0xc3, 0x28]));
    write('handbook/plan.pdf', '%PDF-1.4 and nothing else');
    write(
      'handbook/tea.md',
      '# Tea\n\nTea is served at 18:20 in the library, and the library is closed while the piano is tuned.',
    );
    const states = await ingest();
    expect(states).toEqual({
      'handbook/keys.md': 'broken',
      'handbook/plan.pdf': 'broken',
      'handbook/tea.md': 'changed',
    });
    expect(await find('Where do the spare keys hang?')).toContain('handbook/keys.md');
  });

  test('a dry run says what would be done and does nothing', async () => {
    const before = embedCalls();
    expect(await ingest({ dryRun: true })).toEqual({
      'handbook/keys.md': 'added',
      'handbook/tea.md': 'added',
    });
    expect((await handbook.passages.documents()).size).toBe(0);
    expect(embedCalls()).toBe(before);
  });

  test('a folder that is closed to a group closes at the next ingest', async () => {
    await ingest();
    write('access.yaml', 'groups: { hr: 6f9d2b10-5a53-4c55-9a3e-0c6f4a2d1e02 }\nfolders: { handbook: [hr] }');
    expect(await ingest()).toEqual({ 'handbook/keys.md': 'changed', 'handbook/tea.md': 'changed' });
    expect(await find('When is tea served?')).toEqual([]);
    expect(await find('When is tea served?', { groups: ['6f9d2b10-5a53-4c55-9a3e-0c6f4a2d1e02'] })).toContain(
      'handbook/tea.md',
    );
  });
});
