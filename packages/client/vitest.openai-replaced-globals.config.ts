import type { UserWorkspaceConfig } from 'vitest/config';
import { sdkCalls } from './test/sdk-contract.ts';

/** In a program whose server has put classes of its own in the place of `Request` and `Response`. */
const config: UserWorkspaceConfig = sdkCalls('with other globals', 'replace-globals.ts');
export default config;
