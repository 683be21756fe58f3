import { describe, expect, it } from 'vitest';
import { heapLimitIn } from '../../../src/engines/heap-limits.ts';

describe('heapLimitIn', () => {
  it.each([
    [{ args: ['java', '-Xmx512m', '-jar', 'app.jar'] }, 512 * 2 ** 20, '-Xmx512m'],
    [{ env: [{ name: 'JAVA_TOOL_OPTIONS', value: '-Xmx2G -server' }] }, 2 * 2 ** 30, '-Xmx2G'],
    [{ command: ['node', '--max-old-space-size=256', 'app.js'] }, 256 * 2 ** 20, '--max-old-space-size=256'],
    [{ env: [{ name: 'GOMEMLIMIT', value: '96MiB' }] }, 96 * 2 ** 20, 'GOMEMLIMIT=96MiB'],
  ])('reads %j', (container, bytes, text) => {
    expect(heapLimitIn(container)).toEqual({ bytes, text });
  });

  it('is silent without one', () => {
    expect(heapLimitIn({ args: ['--max=3'] })).toBeUndefined();
  });
});
