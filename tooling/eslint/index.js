import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Subpaths that a package publishes on purpose. Every other path inside a package is private. */
const publicSubpaths = [
  'client/redis',
  'testing/vitest',
  'eslint',
  'vitest',
  'vitest/setup',
  'vitest/arbitraries',
  'vitest/chromium',
];

const all = ['auth', 'config', 'client', 'testing', 'cli'];

/**
 * The rules of the house for one workspace package.
 * `imports` are the names of our packages that its sources may import (docs/architecture.md). Tests and
 * benchmarks may import `testing` as well. `name` is that of the package itself: its examples import it as its users do.
 */
export function houseRules({ imports, name }) {
  return defineConfig(
    globalIgnores(['**/dist/', '**/coverage/', '**/.turbo/']),
    js.configs.recommended,
    {
      files: ['**/*.ts', '**/*.tsx'],
      extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
      languageOptions: { parserOptions: { projectService: true } },
      rules: {
        'max-params': ['error', 3],
        'no-else-return': 'error',
        eqeqeq: 'error',
        '@typescript-eslint/consistent-type-imports': 'error',
        '@typescript-eslint/prefer-readonly-parameter-types': 'off',
        // Numbers and booleans read well in messages.
        '@typescript-eslint/restrict-template-expressions': [
          'error',
          { allowNumber: true, allowBoolean: true },
        ],
        // A function that returns a promise for its interface need not await.
        '@typescript-eslint/require-await': 'off',
        // `isolatedDeclarations` wants types that could be inferred, such as that of a regular expression.
        '@typescript-eslint/no-inferrable-types': 'off',
        '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_$' }],
        'no-restricted-syntax': [
          'error',
          { selector: 'ExportDefaultDeclaration', message: 'Use a named export.' },
          { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
        ],
        'no-restricted-imports': ['error', { patterns: forbidden(imports) }],
      },
    },
    {
      files: ['**/*.test.ts', '**/*.test-d.ts', '**/*.examples.ts', 'test/**', 'bench/**'],
      rules: {
        // The rows of a test table are parameters.
        'max-params': 'off',
        'no-restricted-imports': ['error', { patterns: forbidden([...imports, name, 'testing', 'config']) }],
      },
    },
    {
      files: ['*.config.ts', '*.config.js'],
      rules: { 'no-restricted-syntax': 'off' },
    },
    {
      files: ['**/*.js', '**/*.mjs'],
      languageOptions: { globals: { process: 'readonly', console: 'readonly' } },
    },
  );
}

function forbidden(imports) {
  const others = all.filter((name) => !imports.includes(name));
  return [
    ...others.map((name) => ({
      regex: `^@aoai/${name}(/|$)`,
      message: `This package may not import @aoai/${name} (docs/architecture.md).`,
    })),
    {
      regex: `^@aoai/(?!(${publicSubpaths.join('|')})$)[^/]+/`,
      message: 'Import the package, not a path inside it.',
    },
  ];
}
