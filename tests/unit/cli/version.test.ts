import { expect, it } from 'vitest';
import { register } from '../../../src/cli/version.ts';
import { runCommand } from '../../support/command.ts';

it('says which version runs on what', async () => {
  const { status, out } = await runCommand(register, ['version']);

  expect(out).toMatch(/^kubemend 1\.2\.3 \(node v24\.0\.0, \w+ \w+\)\n$/);
  expect(status).toBe(0);
});
