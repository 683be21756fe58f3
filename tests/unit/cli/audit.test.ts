import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { register } from '../../../src/cli/audit.ts';
import { auditTrail } from '../../../src/cli/audit-trail.ts';
import { silentLogger } from '../../../src/platform/logging.ts';
import { runCommand } from '../../support/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubemend-audit-'));
let files = 0;
const aFile = (): string => join(folder, `audit-${++files}`);
const stream = { writableLength: 0, on() {} };
const verified = (file: string) => runCommand(register, ['audit', 'verify', file]);

describe('an audit file', () => {
  it('is added to by every process, and for its owner only', async () => {
    const file = aFile();
    for (const tool of ['diagnose', 'restart_workload'])
      auditTrail({ file, log: silentLogger, stream }).record({ tool });

    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await verified(file)).toMatchObject({
      status: 0,
      out: '2 records of 2 processes, each follows on the one before it.\n',
    });
  });

  it('that was changed is told line by line', async () => {
    const file = aFile();
    const trail = auditTrail({ file, log: silentLogger, stream });
    for (const tool of ['diagnose', 'drain_node']) trail.record({ tool });
    writeFileSync(file, readFileSync(file, 'utf8').replace('drain_node', 'diagnose'));

    expect(await verified(file)).toMatchObject({
      status: 1,
      out: `${file}:2: the record was changed\n2 records of 1 process; the trail is broken.\n`,
    });
  });

  it('that is not there, or holds nothing, is an error', async () => {
    const empty = aFile();
    writeFileSync(empty, 'no audit\n');

    await expect(verified('/nowhere/audit')).rejects.toMatchObject({ code: 'not_found' });
    await expect(verified(empty)).rejects.toThrow('holds no audit record');
  });

  it('that cannot be written is said once, and the trail fails', () => {
    const said: string[] = [];
    const log = { ...silentLogger, error: (_: object, message: string) => said.push(message) };
    const trail = auditTrail({ file: '/nowhere/audit', log, stream });
    trail.record({ tool: 'a' });
    trail.record({ tool: 'b' });

    expect(trail.failing).toBe(true);
    expect(said).toEqual(['the audit cannot be written: nothing is changed until it can']);
  });

  it('is the log where no file is named', () => {
    const lines: object[] = [];
    auditTrail({ file: undefined, log: { ...silentLogger, info: (fields) => lines.push(fields) }, stream }).record({
      tool: 'a',
    });

    expect(lines).toMatchObject([{ audit: { tool: 'a', seq: 1 } }]);
  });

  it('fails while nobody reads that log, and goes on where it was', () => {
    const lines: object[] = [];
    const pipe = { writableLength: 0, on() {} };
    const log = { ...silentLogger, info: (fields: object) => lines.push(fields) };
    const trail = auditTrail({ file: undefined, log, stream: pipe });
    trail.record({ tool: 'a' });
    pipe.writableLength = 2 ** 21;
    trail.record({ tool: 'b' });

    expect([trail.failing, lines.length]).toEqual([true, 1]);
    pipe.writableLength = 0;
    trail.record({ tool: 'c' });
    expect(trail.failing).toBe(false);
    expect(lines).toMatchObject([{ audit: { tool: 'a', seq: 1 } }, { audit: { tool: 'c', seq: 2 } }]);
  });
});
