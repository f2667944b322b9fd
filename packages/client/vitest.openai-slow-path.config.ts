import { fileURLToPath } from 'node:url';
import project from '@aoai/vitest';
import { mergeConfig } from 'vitest/config';
import type { UserWorkspaceConfig } from 'vitest/config';

/** What goes through the SDK, once more with the fast path closed: whoever deletes it deletes no behaviour. */
const config: UserWorkspaceConfig = mergeConfig(project, {
  test: {
    name: '@aoai/client without its fast path',
    include: ['src/{client,fetch,sdk}/*.test.ts', 'test/*.test.ts'],
    // These make no calls through the SDK of this process, or thousands that the SDK has no part in.
    exclude: [
      'test/{bundled,close,redis-operations,redis-quota,schedule}.test.ts',
      'test/{policy,raw-faults}.test.ts',
      // An SDK that reads the stream by itself takes the envelope of a gateway for a chunk.
      'test/gateway-envelope.test.ts',
    ],
    typecheck: { enabled: false },
    setupFiles: [fileURLToPath(new URL('test/close-fast-path.ts', import.meta.url))],
  },
});
export default config;
