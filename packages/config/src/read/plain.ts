import type { ConfigIssue } from '../errors.ts';
import { isVariableName } from '../env.ts';
import { pathText, type Path } from './path.ts';

/** A copy of a config as plain data, with every environment variable read. */
export interface Plain {
  readonly value: unknown;
  readonly issues: readonly ConfigIssue[];
  /** The variable of each value that comes from the environment, by its path. */
  readonly variables: ReadonlyMap<string, string>;
  /** Paths whose variable is not set. */
  readonly missing: ReadonlySet<string>;
}

/** The environment that references are read from. */
export type Environment = Readonly<Record<string, string | undefined>>;

const limits = { depth: 12, values: 100_000, issues: 100 };

/**
 * Copies a config into plain data: own keys only, no getters left, no cycles, bounded in depth and size. The checks
 * that follow then read nothing unexpected.
 */
export function plain(input: unknown, environment: Environment): Plain {
  const issues: ConfigIssue[] = [];
  const variables = new Map<string, string>();
  const missing = new Set<string>();
  const above = new Set<object>();
  let values = 0;

  const refuse = (path: Path, message: string): unknown => {
    if (issues.length < limits.issues) issues.push({ path: pathText(path), message });
    return undefined;
  };

  const copy = (value: unknown, path: Path): unknown => {
    values += 1;
    if (values > limits.values) throw new TooLarge();
    if (typeof value !== 'object' || value === null) return value;
    if (above.has(value)) return refuse(path, 'refers to itself. Write a tree.');
    if (path.length >= limits.depth) return refuse(path, `nested more than ${limits.depth} levels deep.`);
    if (Array.isArray(value) && value.length > limits.values) throw new TooLarge();
    above.add(value);
    try {
      return Array.isArray(value)
        ? value.map((item, index) => copy(item, [...path, index]))
        : record(value, path);
    } finally {
      above.delete(value);
    }
  };

  const record = (value: object, path: Path): unknown => {
    if (!isPlain(value)) return refuse(path, 'expected a plain object.');
    if (Object.hasOwn(value, '$env')) return variable((value as { $env: unknown }).$env, path);
    const result: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      if (key in Object.prototype) {
        refuse([...path, key], 'a reserved word of JavaScript. Choose another name.');
        continue;
      }
      const item = copy((value as Record<string, unknown>)[key], [...path, key]);
      if (item !== undefined) result[key] = item;
    }
    return result;
  };

  const variable = (name: unknown, path: Path): unknown => {
    if (!isVariableName(name)) {
      missing.add(pathText(path));
      return refuse(
        path,
        'expected the name of an environment variable in `$env`, for example "AZURE_OPENAI_ENDPOINT".',
      );
    }
    variables.set(pathText(path), name);
    const text = Object.hasOwn(environment, name) ? environment[name] : undefined;
    if (typeof text === 'string' && text.trim() !== '') return isAmount(path) ? amountOf(text) : text.trim();
    missing.add(pathText(path));
    return undefined;
  };

  try {
    return { value: copy(input, []), issues, variables, missing };
  } catch (cause) {
    const message =
      cause instanceof TooLarge
        ? `Not a config: more than ${limits.values} values.`
        : 'Not a config: reading it throws. Pass plain data.';
    return { value: undefined, issues: [{ path: '', message }], variables, missing };
  }
}

/** Keys whose values are numbers: the environment has only texts. */
function isAmount(path: Path): boolean {
  const [section, , group] = path;
  return section === 'deployments' && path.length === 4 && (group === 'limits' || group === 'price');
}

/** The number in a text. Any other text stays a text, and is reported later. */
function amountOf(text: string): unknown {
  return /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text.trim();
}

class TooLarge extends Error {}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}
