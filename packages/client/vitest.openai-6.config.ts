import type { UserWorkspaceConfig } from 'vitest/config';
import { sdkContract } from './test/sdk-contract.ts';

const config: UserWorkspaceConfig = sdkContract('openai-6');
export default config;
