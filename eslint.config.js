import { houseRules } from '@aoai/eslint';

// For the samples, which carry no configuration of the house. Each package has its own.
export default [
  { ignores: ['packages/', 'tooling/'] },
  ...houseRules({ imports: ['auth', 'client', 'config', 'testing'] }),
  { files: ['apps/*/*.config.ts', 'apps/*/web/vite.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
];
