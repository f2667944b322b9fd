import { houseRules } from '@aoai/eslint';

export default [
  ...houseRules({ imports: [] }),
  // vitest loads both of these files by their default export.
  { files: ['index.ts', 'summary-reporter.ts'], rules: { 'no-restricted-syntax': 'off' } },
];
