import type { UserWorkspaceConfig } from 'vitest/config';
import { sdkContract } from './test/sdk-contract.ts';

const config: UserWorkspaceConfig = sdkContract('openai-newest');
export default config;
