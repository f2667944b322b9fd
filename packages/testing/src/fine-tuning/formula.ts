/**
 * Computes a formula of numbers, names and `+ - * / ( )`, as `calculate_output` of a multi grader has it. `undefined`
 * where it is none, or where a name has no value.
 */
export function compute(formula: string, values: ReadonlyMap<string, number>): number | undefined {
  const tokens = formula.match(/\d+(?:\.\d+)?|[A-Za-z_]\w*|\S/g) ?? [];
  let at = 0;

  function sum(depth: number): number {
    let value = product(depth);
    while (tokens[at] === '+' || tokens[at] === '-') {
      const sign = tokens[at++] === '+' ? 1 : -1;
      value += sign * product(depth);
    }
    return value;
  }

  function product(depth: number): number {
    let value = factor(depth);
    while (tokens[at] === '*' || tokens[at] === '/') {
      const isTimes = tokens[at++] === '*';
      const next = factor(depth);
      value = isTimes ? value * next : value / next;
    }
    return value;
  }

  function factor(depth: number): number {
    const token = tokens[at++];
    if (token === '-' && depth < deepest) return -factor(depth + 1);
    if (token === '(' && depth < deepest) {
      const value = sum(depth + 1);
      return tokens[at++] === ')' ? value : Number.NaN;
    }
    if (token === undefined) return Number.NaN;
    return /^\d/.test(token) ? Number(token) : (values.get(token) ?? Number.NaN);
  }

  const value = sum(0);
  return at === tokens.length && Number.isFinite(value) ? value : undefined;
}

const deepest = 100;
