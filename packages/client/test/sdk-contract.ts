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
        'src/client/create-client.test.ts',
        'test/sdk-options.test.ts',
        'src/sdk/sdk-version.test.ts',
        'src/sdk/compared-sdk.test.ts',
        'src/sdk/fast-path.test.ts',
        'test/streams.test.ts',
        'test/own-errors.test.ts',
        'test/sdk-features.test.ts',
      ],
    },
  });
}
