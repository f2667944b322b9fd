import project from '@aoai/vitest';
import { mergeConfig } from 'vitest/config';
import type { UserWorkspaceConfig } from 'vitest/config';

// MSAL remembers for a whole process which kind of managed identity it has found.
const config: UserWorkspaceConfig = mergeConfig(project, { test: { isolate: true } });
export default config;
