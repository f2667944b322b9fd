/** A mutant that no test can tell from the source. */
export interface Equivalent {
  /** From the root of the repository. */
  readonly file: string;
  /** The line of the source, without the white space around it. */
  readonly text: string;
  /** What stands in place of a part of it; several where all of them are equivalent for the same reason. */
  readonly replacements: readonly string[];
  readonly why: string;
}

/** Do not list a mutant because it is hard to kill: say why the program with it behaves the same. */
export const equivalents: readonly Equivalent[] = [];
