// `npm run evaluate`: asks 40 questions, prints the figures and writes a page about them.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectAzure } from './azure.ts';
import { evaluate, readQuestions, summarise } from './evaluate.ts';
import { documentsFolder, openHandbook } from './open-handbook.ts';
import { readPeople } from './people.ts';
import { figures, isMiss, reportPage } from './report.ts';

const azure = await connectAzure();
const handbook = await openHandbook(azure);
try {
  if (azure.mock !== undefined) await handbook.ingest();
  const readerOf = await readPeople(documentsFolder);
  const questions = await readQuestions(
    fileURLToPath(new URL('../evaluation/questions.yaml', import.meta.url)),
  );
  const results = await evaluate(handbook, questions, readerOf);
  const summary = summarise(results);
  for (const [name, value] of figures(summary)) console.log(`${name.padEnd(28)} ${value.padStart(6)}`);
  for (const { person, question, state } of results.filter(isMiss))
    console.log(`  wrong: ${person}: ${question} (${state})`);
  const path = join(handbook.dataFolder, 'evaluation.html');
  await mkdir(handbook.dataFolder, { recursive: true });
  await writeFile(path, reportPage(summary, results));
  console.log(`The page: ${path}`);
} finally {
  await handbook.close();
  await azure.close();
}
