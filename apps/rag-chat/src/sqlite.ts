import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { candidates, fuseRanks, type Passage, type Passages } from './passages.ts';
import type { Reader } from './rights.ts';

// One file, no service: full text by FTS5, vectors by comparing all of them. 10,000 passages take about 40 ms.
const schema = `
  pragma journal_mode = wal;
  pragma foreign_keys = on;
  create table if not exists document (path text primary key, fingerprint text not null) without rowid;
  create table if not exists passage (
    number integer primary key, id text unique not null, document text not null references document on delete cascade,
    title text not null, heading text not null, text text not null, start integer not null, stop integer not null,
    vector blob not null);
  create index if not exists passage_document on passage (document, start);
  create table if not exists reader (
    grp text not null, passage integer not null references passage on delete cascade, primary key (grp, passage)) without rowid;
  create index if not exists reader_passage on reader (passage);
  create virtual table if not exists words using fts5 (
    title, heading, text, content = 'passage', content_rowid = 'number', tokenize = 'porter unicode61');
  create trigger if not exists passage_in after insert on passage begin
    insert into words (rowid, title, heading, text) values (new.number, new.title, new.heading, new.text);
  end;
  create trigger if not exists passage_out after delete on passage begin
    insert into words (words, rowid, title, heading, text) values ('delete', old.number, old.title, old.heading, old.text);
  end;`;

const columns = 'p.id, p.document, p.title, p.heading, p.text, p.start, p.stop as end';
// The one condition of every query: a passage is there for the groups of its document and for nobody else.
const readable = 'p.number in (select passage from reader where grp in (select value from json_each(?)))';

/** Passages in a SQLite file. */
export function openSqlite(path: string): Passages {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { timeout: 5000 });
  database.exec(schema);
  const vectors = createVectors(database);

  const passages = (condition: string, ...parameters: (string | number)[]): Passage[] =>
    database
      .prepare(`select ${columns} from passage p where ${condition} order by p.document, p.start`)
      .all(...parameters)
      .map((row) => ({ ...row }) as unknown as Passage);

  return {
    documents: async () =>
      new Map(
        database
          .prepare('select path, fingerprint from document')
          .all()
          .map((row) => [String(row.path), String(row.fingerprint)]),
      ),
    async put({ path: document, fingerprint, groups, passages: all }) {
      inTransaction(database, () => {
        database.prepare('delete from document where path = ?').run(document);
        database.prepare('insert into document values (?, ?)').run(document, fingerprint);
        const addPassage = database.prepare(
          'insert into passage (id, document, title, heading, text, start, stop, vector) values (?, ?, ?, ?, ?, ?, ?, ?)',
        );
        const addReader = database.prepare('insert into reader values (?, ?)');
        for (const { id, title, heading, text, start, end, vector } of all) {
          const bytes = new Uint8Array(Float32Array.from(vector).buffer);
          const { lastInsertRowid } = addPassage.run(id, document, title, heading, text, start, end, bytes);
          for (const group of groups) addReader.run(group, lastInsertRowid);
        }
      });
      vectors.forget();
    },
    async remove(document) {
      database.prepare('delete from document where path = ?').run(document);
      vectors.forget();
    },
    async search({ text, vector, top }, reader) {
      if (reader.groups.length === 0) return [];
      const ranked = fuseRanks([byWords(database, text, reader), vectors.nearest(vector, reader)]).slice(
        0,
        top,
      );
      const found = passages(
        `p.number in (select value from json_each(?)) and ${readable}`,
        JSON.stringify(ranked),
        groupsOf(reader),
      );
      const numbers = database.prepare('select number from passage where id = ?');
      const rank = ({ id }: Passage) => ranked.indexOf(Number(numbers.get(id)?.number));
      return found.sort((a, b) => rank(a) - rank(b));
    },
    read: async (document, reader) => passages(`p.document = ? and ${readable}`, document, groupsOf(reader)),
    find: async (ids, reader) =>
      passages(
        `p.id in (select value from json_each(?)) and ${readable}`,
        JSON.stringify(ids),
        groupsOf(reader),
      ),
    close: async () => {
      database.close();
    },
  };
}

function groupsOf(reader: Reader): string {
  return JSON.stringify(reader.groups);
}

function byWords(database: DatabaseSync, text: string, reader: Reader): number[] {
  const words = [...new Set(text.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? [])].slice(0, 40);
  if (words.length === 0) return [];
  // Quoted, so that no word is taken for an operator of the query language.
  const query = words.map((word) => `"${word}"`).join(' OR ');
  return database
    .prepare(
      `select p.number from words join passage p on p.number = words.rowid
       where words match ? and ${readable} order by bm25(words, 4, 3, 1) limit ?`,
    )
    .all(query, groupsOf(reader), candidates)
    .map((row) => Number(row.number));
}

interface Block {
  readonly version: unknown;
  readonly numbers: Float64Array;
  readonly matrix: Float32Array;
}

/** All vectors in one block of memory. Another process that has written to the file is noticed. */
function createVectors(database: DatabaseSync) {
  let block: Block | undefined;
  const version = database.prepare('pragma data_version');
  const load = (): Block => {
    const current = version.get()?.data_version;
    const known = block;
    if (known !== undefined && known.version === current) return known;
    const rows = database.prepare('select number, vector from passage order by number').all();
    const dimensions = ((rows[0]?.vector as Uint8Array | undefined)?.byteLength ?? 0) / 4;
    const numbers = new Float64Array(rows.length);
    const matrix = new Float32Array(rows.length * dimensions);
    for (const [index, { number, vector }] of rows.entries()) {
      const bytes = vector as Uint8Array;
      numbers[index] = Number(number);
      matrix.set(new Float32Array(bytes.slice().buffer), index * dimensions);
    }
    return (block = { version: current, numbers, matrix });
  };
  return {
    forget() {
      block = undefined;
    },
    nearest(vector: readonly number[], reader: Reader): number[] {
      const { numbers, matrix } = load();
      const wanted = Float32Array.from(vector);
      const allowed = new Set(
        database
          .prepare('select distinct passage from reader where grp in (select value from json_each(?))')
          .all(groupsOf(reader))
          .map((row) => Number(row.passage)),
      );
      const scored: { readonly number: number; readonly score: number }[] = [];
      for (const [index, number] of numbers.entries()) {
        if (!allowed.has(number)) continue;
        scored.push({ number, score: product(matrix, index * wanted.length, wanted) });
      }
      return scored
        .sort((a, b) => b.score - a.score)
        .slice(0, candidates)
        .filter(({ score }) => score > 0)
        .map(({ number }) => number);
    },
  };
}

function product(matrix: Float32Array, offset: number, vector: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < vector.length; index += 1)
    sum += (matrix[offset + index] ?? 0) * (vector[index] ?? 0);
  return sum;
}

function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec('begin immediate');
  try {
    work();
    database.exec('commit');
  } catch (error) {
    database.exec('rollback');
    throw error;
  }
}
