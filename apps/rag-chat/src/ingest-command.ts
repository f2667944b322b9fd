// `npm run ingest [folder] [--dry-run]`: makes the index say what the folder says.
import { parseArgs } from 'node:util';
import { connectAzure } from './azure.ts';
import type { FileResult } from './ingest.ts';
import { documentsFolder, openHandbook } from './open-handbook.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'dry-run': { type: 'boolean', default: false } },
});
const stop = new AbortController();
process.once('SIGINT', () => {
  stop.abort();
});
const azure = await connectAzure();
const handbook = await openHandbook(azure);
try {
  const results = await handbook.ingest(positionals[0] ?? documentsFolder, {
    dryRun: values['dry-run'],
    signal: stop.signal,
    onProgress: showProgress,
  });
  printTable(results, values['dry-run']);
  if (results.some(({ state }) => state === 'broken')) process.exitCode = 1;
} catch (error) {
  if (!stop.signal.aborted) throw error;
  console.error('\nInterrupted. Run it again: it goes on where it was.');
  process.exitCode = 130;
} finally {
  await handbook.close();
  await azure.close();
}

function showProgress(done: number, all: number, path: string): void {
  if (!process.stderr.isTTY) return;
  const width = 24;
  const filled = all === 0 ? width : Math.round((done / all) * width);
  const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
  process.stderr.write(`\r\u001B[K${bar} ${done}/${all} ${path}${done === all ? '\n' : ''}`);
}

function printTable(results: readonly FileResult[], isDryRun: boolean): void {
  const count = (state: FileResult['state']) => results.filter((result) => result.state === state).length;
  for (const { path, state, reason, isForNobody } of results) {
    if (state === 'broken') console.log(`broken     ${path}: ${reason ?? ''}`);
    else if (state !== 'unchanged')
      console.log(
        `${state.padEnd(10)} ${path}${isForNobody === true ? ' (for nobody: its folder has no groups)' : ''}`,
      );
  }
  const states = ['added', 'changed', 'unchanged', 'removed', 'broken'] as const;
  console.log(states.map((state) => `${state} ${count(state)}`).join(' · '));
  if (isDryRun) console.log('Nothing was done: this was a dry run.');
}
