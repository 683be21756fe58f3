import { defineConfig } from 'vitest/config';
import { reporters } from './tests/support/reporters.ts';

/** Chart, kustomize and RBAC as they are rendered: needs no cluster. */
export default defineConfig({
  test: { include: ['tests/deployment/**/*.test.ts'], ...reporters, testTimeout: 60_000 },
});
