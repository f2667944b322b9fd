import type * as v from 'valibot';
import { deviations } from './deviations.ts';
import type { ConfigIssue } from '../errors.ts';
import { expectationAt } from './expectations.ts';
import { found } from './found.ts';
import { pathText, type Path } from './path.ts';
import type { Plain } from './plain.ts';
import { suggest } from './suggest.ts';

/** Collects what is wrong with a config. */
export interface Check {
  readonly issues: ConfigIssue[];
  /** Reports a mistake at a path; when the value came from a variable, the variable is named. */
  report(path: Path | string, message: string): void;
  /** Reports a wrong value at a path: what was expected, an example, and what was found. */
  unexpected(path: Path, problem: string): void;
  /** The value when it has the shape of the schema; otherwise reports each deviation. */
  shape<T>(schema: v.GenericSchema<T>, value: unknown, path: Path): T | undefined;
}

/** A check over data that was read by `plain`; starts with the problems found while reading. */
export function createCheck(source: Plain): Check {
  const issues = [...source.issues];
  for (const where of source.missing) {
    const variable = source.variables.get(where);
    if (variable !== undefined) issues.push({ path: where, message: setVariable(variable, where) });
  }

  const report = (path: Path | string, message: string) => {
    const where = typeof path === 'string' ? path : pathText(path);
    if (source.missing.has(where)) return;
    const variable = source.variables.get(where);
    issues.push({
      path: where,
      message: variable === undefined ? message : `${message} The value is that of \`${variable}\`.`,
    });
  };

  const unexpected = (path: Path, problem: string) => {
    const expectation = expectationAt(path);
    const wanted =
      expectation === undefined
        ? ''
        : `expected ${expectation.expected}, for example ${expectation.example}; `;
    report(path, `${wanted}found ${problem}${/[.?]$/.test(problem) ? '' : '.'}`);
  };

  const shape = <T>(schema: v.GenericSchema<T>, value: unknown, path: Path): T | undefined => {
    const wrong = deviations(schema, value);
    for (const each of wrong) {
      const where = [...path, ...each.path];
      if (each.known === undefined) unexpected(where, found(valueAt(value, each.path)));
      else report(where, unknownKey(String(each.path.at(-1)), each.known));
    }
    return wrong.length === 0 ? (value as T) : undefined;
  };

  return { issues, report, unexpected, shape };
}

/** What to do about a key that does not exist. A secret gets a message of its own that never shows the value. */
export function unknownKey(key: string, known: readonly string[]): string {
  if (
    /^(.*[-_])?(api|subscription|primary|secondary|account|client|access)?[-_]?(key|token|secret|password|credential|connection[-_]?string)s?$/i.test(
      key,
    )
  ) {
    return 'a secret is never part of a config. Pass it as `credential` to `createClient`.';
  }
  const word = suggest(key, known);
  const names = known.map((name) => `\`${name}\``).join(', ');
  return word === undefined ? `unknown key. Known keys: ${names}.` : `unknown key. Did you mean \`${word}\`?`;
}

function setVariable(variable: string, where: string): string {
  const keys = where.replaceAll(/\[\d+\]/g, '').split('.');
  const expectation = expectationAt(keys);
  if (expectation === undefined) return `set \`${variable}\`.`;
  return `set \`${variable}\` to ${expectation.expected}, for example ${expectation.example}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const key of path) at = (at as Record<PropertyKey, unknown> | undefined)?.[key];
  return at;
}
