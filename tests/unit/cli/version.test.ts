import { expect, it } from 'vitest';
import { register } from '../../../src/cli/version.ts';
import { runCommand } from '../../support/command.ts';

const built = { commit: '0123456789abcdef0123456789abcdef01234567', buildDate: '2026-11-27T10:00:00.000Z' };

it('says which version runs on what', async () => {
  const { status, out } = await runCommand(register, ['version']);

  expect(out).toMatch(/^kubemend 1\.2\.3 \(node v24\.0\.0, \w+\/\w+\)\n$/);
  expect(status).toBe(0);
});

it('says from which commit it was built, and when', async () => {
  const { out } = await runCommand(register, ['version'], { host: built });

  expect(out).toMatch(/^kubemend 1\.2\.3 \(commit 0123456789ab, built 2026-11-27T10:00:00\.000Z, node v24\.0\.0, /);
});

it('says all of it to programs', async () => {
  const { out } = await runCommand(register, ['version', '-o', 'json'], { host: built });

  expect(JSON.parse(out)).toEqual({
    version: '1.2.3',
    commit: built.commit,
    build_date: built.buildDate,
    node_version: 'v24.0.0',
    platform: expect.stringMatching(/^\w+\/\w+$/),
  });
});
