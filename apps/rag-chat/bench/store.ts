// npm run bench: 10,000 passages in each store: ingest, hybrid queries with rights, memory. Azure AI Search is the mock's, in
// this process, so its figures say how the code behaves, not how fast the service is.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAzure } from '../src/azure.ts';
import { dimensions } from '../src/embed.ts';
import type { IndexedDocument, Passages } from '../src/passages.ts';
import type { Reader } from '../src/rights.ts';
import { openSqlite } from '../src/sqlite.ts';

const documents = 500;
const perDocument = 20;
const queries = 60;
const groups = [1, 2, 3, 4].map((number) => `00000000-0000-4000-8000-00000000000${number}`);
const words =
  'travel hotel leave laser badge invoice laptop training visitor safety budget audit contract parking canteen pension'.split(
    ' ',
  );

/** The same numbers at each run. */
let state = 7;
function random(): number {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
  return state / 2_147_483_648;
}

function pick(list: readonly string[]): string {
  return list[Math.floor(random() * list.length)] ?? '';
}

const vectorOf = () => Array.from({ length: dimensions }, () => random() - 0.5);
const textOf = () => Array.from({ length: 180 }, () => pick(words)).join(' ');

function documentOf(number: number): IndexedDocument {
  const path = `folder/${number}.md`;
  return {
    path,
    fingerprint: String(number),
    groups: [groups[number % groups.length] ?? ''],
    passages: Array.from({ length: perDocument }, (_, index) => ({
      id: `${path}#${index}`,
      document: path,
      title: `Document ${number}`,
      heading: pick(words),
      text: textOf(),
      start: index * 1000,
      end: (index + 1) * 1000,
      vector: vectorOf(),
    })),
  };
}

const quantile = (sorted: readonly number[], share: number) =>
  sorted[Math.floor((sorted.length - 1) * share)] ?? NaN;

async function measure(name: string, store: Passages, reader: Reader): Promise<void> {
  const before = process.memoryUsage.rss();
  const startedAt = performance.now();
  for (let number = 0; number < documents; number++) await store.put(documentOf(number));
  const ingestMs = performance.now() - startedAt;
  const times: number[] = [];
  for (let query = 0; query < queries; query++) {
    const asked = { text: `${pick(words)} ${pick(words)}`, vector: vectorOf(), top: 6 };
    const at = performance.now();
    const found = await store.search(asked, reader);
    times.push(performance.now() - at);
    if (found.length === 0) throw new Error(`${name} found nothing.`);
  }
  times.sort((a, b) => a - b);
  const megabytes = (process.memoryUsage.rss() - before) / 1_048_576;
  console.log(
    `${name.padEnd(24)} ingest ${(ingestMs / 1000).toFixed(1)} s   query p50 ${quantile(times, 0.5).toFixed(0)} ms, p95 ${quantile(times, 0.95).toFixed(0)} ms   memory +${megabytes.toFixed(0)} MB`,
  );
}

const folder = mkdtempSync(join(tmpdir(), 'rag-chat-bench-'));
const reader: Reader = { groups: groups.slice(0, 2) };
console.log(
  `${documents * perDocument} passages of 180 words, ${dimensions} dimensions, ${queries} hybrid queries`,
);
try {
  const path = join(folder, 'passages.db');
  const sqlite = openSqlite(path);
  await measure('SQLite', sqlite, reader);
  await sqlite.close();
  console.log(`${''.padEnd(24)} file ${(statSync(path).size / 1_048_576).toFixed(0)} MB`);
  const azure = await connectAzure({ env: {} });
  const { openSearchService } = await import('../src/search-service.ts');
  const endpoint = azure.mock?.search.endpoint ?? '';
  const service = await openSearchService(endpoint, { credential: azure.credential, dimensions });
  await measure('Azure AI Search (mock)', service, reader);
  await service.close();
  await azure.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
