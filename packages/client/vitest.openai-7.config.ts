import type { UserWorkspaceConfig } from 'vitest/config';
import { sdkContract } from './test/sdk-contract.ts';

const config: UserWorkspaceConfig = sdkContract('openai-7');
export default config;
