/** MSAL remembers for a whole process which kind of managed identity it has found: each of these files has its own. */
export const ownProcess: readonly string[] = ['imds', 'app-service', 'examples'].map(
  (name) => `test/${name}.test.ts`,
);
