import { describe, expect, it } from 'vitest';
import { register as diagnose } from '../../../src/cli/diagnose.ts';
import { register as doctor } from '../../../src/cli/doctor.ts';
import { register as snapshot } from '../../../src/cli/snapshot.ts';
import { register as version } from '../../../src/cli/version.ts';
import { runCommand } from '../../support/command.ts';

describe('the help of every command', () => {
  it.each([
    ['diagnose', diagnose],
    ['doctor', doctor],
    ['snapshot', snapshot],
    ['version', version],
  ])('teaches %s: what it is for, and its exit statuses', async (name, register) => {
    const { out } = await runCommand(register, [name, '--help']);

    expect(out).toMatch(/^Usage: kubemend \w+ .*\n\n[A-Z].*\.\n/);
    expect(out).toMatch(/Exit status: 0/);
  });

  it.each([
    ['diagnose', diagnose],
    ['doctor', doctor],
    ['snapshot', snapshot],
  ])('shows examples of %s', async (name, register) => {
    const { out } = await runCommand(register, [name, '--help']);

    expect(out).toContain(`Examples:\n  kubemend ${name}`);
  });
});
