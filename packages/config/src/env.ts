/** A value that `defineConfig` reads from the environment. Its JSON form, `{ "$env": "NAME" }`, works in config files. */
export interface EnvReference {
  readonly $env: string;
}

/** A string, or a reference to the environment variable that holds it. */
export type Text = string | EnvReference;

/** A number, or a reference to the environment variable that holds it. */
export type Amount = number | EnvReference;

/**
 * Refers to an environment variable. Nothing is read until `defineConfig` resolves all references, so that one
 * error names every variable that is not set.
 */
export function env(name: string): EnvReference {
  if (!isVariableName(name)) {
    throw new TypeError('Cannot refer to this variable: not a variable name. Use letters, digits and "_".');
  }
  return Object.freeze({ $env: name });
}

/** Whether a value can be the name of an environment variable. */
export function isVariableName(name: unknown): name is string {
  return typeof name === 'string' && /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name);
}
