import type { Equivalent } from './equivalents.ts';
import type { Mutant } from './mutant.ts';

export interface Score {
  readonly killed: number;
  readonly survived: number;
  readonly notCovered: number;
  readonly equivalent: number;
}

/** In percent, of the mutants that a test could kill; `undefined` where there is none. */
export function percent({ killed, survived, notCovered }: Score): number | undefined {
  const all = killed + survived + notCovered;
  return all === 0 ? undefined : Math.floor((100 * killed) / all);
}

/** The mutants of each room (folder of `src`) of each package, and of the package as a whole under its name alone. */
export function scores(
  mutants: readonly Mutant[],
  equivalents: readonly Equivalent[],
): ReadonlyMap<string, Score> {
  const byRoom = new Map<string, Score>();
  for (const mutant of mutants) {
    for (const place of placesOf(mutant.file)) {
      const score = byRoom.get(place) ?? { killed: 0, survived: 0, notCovered: 0, equivalent: 0 };
      byRoom.set(place, add(score, mutant, isEquivalent(mutant, equivalents)));
    }
  }
  return new Map([...byRoom].sort(([one], [other]) => one.localeCompare(other)));
}

/** What no test noticed, and nobody has shown to be equivalent. */
export function survivors<Each extends Mutant>(
  mutants: readonly Each[],
  equivalents: readonly Equivalent[],
): readonly Each[] {
  return mutants
    .filter(({ status }) => status === 'survived' || status === 'not-covered')
    .filter((mutant) => !isEquivalent(mutant, equivalents))
    .toSorted((one, other) => one.file.localeCompare(other.file) || one.line - other.line);
}

function add(score: Score, { status }: Mutant, isEquivalent: boolean): Score {
  if (status === 'killed') return { ...score, killed: score.killed + 1 };
  if (status === 'invalid' || status === 'ignored') return score;
  if (isEquivalent) return { ...score, equivalent: score.equivalent + 1 };
  if (status === 'survived') return { ...score, survived: score.survived + 1 };
  return { ...score, notCovered: score.notCovered + 1 };
}

function isEquivalent(mutant: Mutant, equivalents: readonly Equivalent[]): boolean {
  return equivalents.some(
    ({ file, text, replacements }) =>
      file === mutant.file && text === mutant.text && replacements.includes(mutant.replacement),
  );
}

function placesOf(file: string): readonly string[] {
  const [, name = '', , ...rest] = file.split('/');
  return [name, rest.length > 1 ? `${name} ${rest[0] ?? ''}` : `${name} (no room)`];
}
