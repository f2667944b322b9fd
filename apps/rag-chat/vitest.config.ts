import { defineConfig } from 'vitest/config';

// Only a guard against hanging: no test measures time.
export default defineConfig({ test: { testTimeout: 30_000, hookTimeout: 30_000 } });
