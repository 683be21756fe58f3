import { defineConfig } from 'vitest/config';
import { reporters } from './tests/support/reporters.ts';

/** Against a real cluster, through the built program. */
export default defineConfig({
  test: {
    include: ['tests/e2e/**/*.test.ts'],
    ...reporters,
    testTimeout: 300_000,
    hookTimeout: 600_000,
    fileParallelism: false,
    // A whole cluster on two processors stalls at times. What fails twice is wrong; CI prints what needed a second try.
    retry: 1,
    // Of tests that say so: they wait for the cluster, not for the processor.
    maxConcurrency: 10,
  },
});
