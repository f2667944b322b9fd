import { fileURLToPath } from 'node:url';
import project, { projectWith } from '@aoai/vitest';
import { mergeConfig } from 'vitest/config';
import type { UserWorkspaceConfig } from 'vitest/config';

/** The tests of what the SDK promises through this client, on another version of it: `openai-6` is `openai` 6. */
export function sdkContract(alias: string): UserWorkspaceConfig {
  return mergeConfig(projectWith('openai', alias), {
    test: {
      name: `@aoai/client on ${alias}`,
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

/** The tests of all that goes through the SDK, once more with `setup` loaded before the client: a file of this folder. */
export function sdkCalls(title: string, setup: string): UserWorkspaceConfig {
  return mergeConfig(project, {
    test: {
      name: `@aoai/client ${title}`,
      include: ['src/{client,fetch,sdk}/*.test.ts', 'test/*.test.ts'],
      // These make no calls through the SDK of this process, or thousands that the SDK has no part in.
      exclude: [
        'test/{bundled,close,redis-operations,redis-quota,schedule}.test.ts',
        'test/{policy,raw-faults}.test.ts',
        // The globals of Node.js itself.
        'src/fetch/light-response.test.ts',
        'test/replaced-globals.test.ts',
        // An SDK that reads the stream by itself takes the envelope of a gateway for a chunk.
        'test/gateway-envelope.test.ts',
      ],
      setupFiles: [fileURLToPath(new URL(setup, import.meta.url))],
    },
  });
}
