import { defineConfig } from 'vitest/config';

// Only a guard against hanging: no test measures time.
export default defineConfig({ test: { testTimeout: 90_000, hookTimeout: 90_000 } });
