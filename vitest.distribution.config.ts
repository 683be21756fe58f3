import { defineConfig } from 'vitest/config';
import { reporters } from './tests/support/reporters.ts';

/** What is handed out, as those who get it use it; needs the built program and what tests/distribution/tools.sh installs. */
export default defineConfig({
  test: {
    include: ['tests/distribution/**/*.test.ts'],
    ...reporters,
    testTimeout: 120_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
});
