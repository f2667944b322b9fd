/** What V8 counted of a package, in percent. */
export interface Coverage {
  readonly lines: number;
  readonly branches: number;
}

/** Lines that the tests of each package have to run, in percent. */
export const atLeast = 90;

/**
 * What is wrong with the figures, one line each: a package below the bound without a reason, and a reason that has become needless.
 * @param measured by package
 * @param reasons why a package is below, by package
 */
export function complaints(
  measured: Readonly<Record<string, Coverage>>,
  reasons: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.entries(measured).flatMap(([name, { lines }]) => {
    const reason = reasons[name];
    if (lines < atLeast && reason === undefined) {
      return `${name}: its tests run ${lines.toFixed(1)} % of its lines, fewer than ${atLeast} %. Test the rest, or say in tooling/test-coverage/reasons.ts why not.`;
    }
    if (lines >= atLeast && reason !== undefined) {
      return `${name}: its tests run ${lines.toFixed(1)} % of its lines. Take its reason out of tooling/test-coverage/reasons.ts.`;
    }
    return [];
  });
}

/** The figures as a table, with the reason beside a package that has one. */
export function tableOf(
  measured: Readonly<Record<string, Coverage>>,
  reasons: Readonly<Record<string, string>>,
): string {
  const rows = Object.entries(measured).map(([name, { lines, branches }]) =>
    `${name.padEnd(10)} ${lines.toFixed(1).padStart(6)} ${branches.toFixed(1).padStart(9)}  ${reasons[name] ?? ''}`.trimEnd(),
  );
  return ['PACKAGE     LINES  BRANCHES', ...rows].join('\n');
}
