import { houseRules } from '@aoai/eslint';

export default [
  { ignores: ['out/'] },
  ...houseRules({ imports: ['auth', 'client', 'config', 'testing'] }),
  { files: ['given/*.config.ts', 'site/.vitepress/**/*.ts'], rules: { 'no-restricted-syntax': 'off' } },
];
