import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toolFolder } from './tools.ts';

describe('workflows', () => {
  it('are what GitHub and shells take', () => {
    const root = resolve(import.meta.dirname, '../..');

    expect(execFileSync(join(toolFolder(), 'actionlint'), { cwd: root, encoding: 'utf8' })).toBe('');
  });
});
