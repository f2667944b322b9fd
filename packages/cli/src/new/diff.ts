import { resolve } from 'node:path';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { table } from '../table.ts';
import { json, line, type Terminal } from '../terminal.ts';
import { findChanges } from './changes.ts';
import { patchOf } from './git.ts';
import { readRecord } from './sample-record.ts';

export interface DiffOptions {
  readonly folder: string | undefined;
  readonly version: string;
  readonly asJson: boolean;
}

/** Shows what changed in the sample since it was copied, and what you changed. */
export async function showDiff(
  terminal: Terminal,
  { folder = '.', version, asJson }: DiffOptions,
): Promise<ExitCode> {
  const { out, cwd } = terminal;
  const copy = resolve(cwd, folder);
  const record = await readRecord(copy, folder);
  const { list, sample, base } = await findChanges(terminal, {
    record,
    folder: copy,
    shown: folder,
    version,
  });
  if (asJson) {
    json(out, { sample: record.sample, copied: record.version, now: version, files: list });
    return exitCode.ok;
  }
  line(out, `${record.sample}, copied from ${record.version}, compared with ${version}.\n`);
  if (list.length === 0) {
    line(out, 'Nothing changed, in the sample or in your copy.');
    return exitCode.ok;
  }
  line(
    out,
    table(
      ['FILE', 'SAMPLE', 'YOURS'],
      list.map((each) => [each.path, each.sample, each.yours]),
    ),
  );
  for (const { path, sample: change } of list) {
    const [from, to] = [base?.get(path), sample.get(path)];
    if (change !== 'changed' || from === undefined || to === undefined || path === 'UPGRADING.md') continue;
    line(out, `\n${(await patchOf(path, { from, to }, terminal.signal)).trimEnd()}`);
  }
  if (list.some((each) => each.sample !== 'same')) line(out, '\nApply it: aoai new --update');
  return exitCode.ok;
}
