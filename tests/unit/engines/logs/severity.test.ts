import { describe, expect, it } from 'vitest';
import { entriesOf } from '../../../../src/engines/logs/entries.ts';
import { severityOf } from '../../../../src/engines/logs/severity.ts';
import { aLog } from '../../../support/builders.ts';

describe('severityOf', () => {
  it.each([
    ['ERROR boom', 'error'],
    ['E1123 12:00:00.123456       1 server.go:42] boom', 'error'],
    ['I1123 12:00:00.123456       1 server.go:42] error budget is fine', 'info'],
    ['panic: boom', 'fatal'],
    ['Exception in thread "main" java.lang.Error: x', 'fatal'],
    ['ValueError: bad', 'error'],
    ['{"level":"info","msg":"Error: handled"}', 'info'],
    ['errors=0 failover=1', undefined],
    ['failed over to replica 2', undefined],
    ['error_log stderr', undefined],
  ])('of %s', (line, level) => {
    expect(entriesOf(aLog('api', [line])).map(severityOf)).toEqual([level]);
  });
});
