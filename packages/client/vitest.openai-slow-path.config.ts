import type { UserWorkspaceConfig } from 'vitest/config';
import { sdkCalls } from './test/sdk-contract.ts';

/** With the fast path closed: whoever deletes it deletes no behaviour. */
const config: UserWorkspaceConfig = sdkCalls('without its fast path', 'close-fast-path.ts');
export default config;
