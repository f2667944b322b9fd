import project from '@aoai/vitest';
import { mergeConfig } from 'vitest/config';
import type { UserWorkspaceConfig } from 'vitest/config';

/** The tests of what the SDK promises through this client, on another version of it: `openai-6` is `openai` 6. */
export function sdkContract(alias: string): UserWorkspaceConfig {
  return mergeConfig(project, {
    resolve: { alias: [{ find: /^openai(?=$|\/)/, replacement: alias }] },
    test: {
      name: `@aoai/client on ${alias}`,
      typecheck: { enabled: false },
      include: [
        'src/create-client.test.ts',
        'src/sdk-options.test.ts',
        'src/sdk-version.test.ts',
        'src/short-way.test.ts',
        'src/streams.test.ts',
        'test/own-errors.test.ts',
        'test/sdk-features.test.ts',
      ],
    },
  });
}
