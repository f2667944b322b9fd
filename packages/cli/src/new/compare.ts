import { hashOf } from './sample-files.ts';
import type { SampleFiles } from './sample-files.ts';

/** The state of one file, in the sample and in the copy. */
export interface FileChange {
  readonly path: string;
  readonly sample: 'same' | 'changed' | 'added' | 'removed';
  readonly yours: 'same' | 'changed' | 'added' | 'removed';
}

export interface Sides {
  /** Hashes of what was copied, by path. */
  readonly base: Readonly<Record<string, string>>;
  /** The folder now: the files that were copied, and those that the sample has now. */
  readonly yours: SampleFiles;
  /** The sample as it is now. */
  readonly sample: SampleFiles;
}

/** Every file that differs between the three sides, in order. */
export function compare({ base, yours, sample }: Sides): FileChange[] {
  const paths = new Set([...Object.keys(base), ...sample.keys()]);
  return [...paths]
    .sort()
    .map((path) => {
      const was = Object.hasOwn(base, path) ? base[path] : undefined;
      return { path, sample: changeOf(was, sample.get(path)), yours: changeOf(was, yours.get(path)) };
    })
    .filter((change) => change.sample !== 'same' || change.yours !== 'same');
}

function changeOf(was: string | undefined, now: Buffer | undefined): FileChange['sample'] {
  if (now === undefined) return was === undefined ? 'same' : 'removed';
  if (was === undefined) return 'added';
  return was === hashOf(now) ? 'same' : 'changed';
}
