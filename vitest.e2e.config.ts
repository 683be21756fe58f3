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
    // A whole cluster on two processors stalls at times: a wait that ran out has a second try, which CI names. What is
    // wrong at once, such as a race that was lost, fails.
    retry: { count: 1, condition: /^Waited \d+ s: |timed out waiting for the condition/ },
    // Of tests that say so: they wait for the cluster, not for the processor.
    maxConcurrency: 10,
  },
});
