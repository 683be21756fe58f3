import { describe, expect, it } from 'vitest';
import { quoteOf } from '../../../../src/engines/diagnosis/crash-finding.ts';
import { entriesOf } from '../../../../src/engines/logs/entries.ts';
import { aLog } from '../../../support/builders.ts';

function quote(...lines: string[]): string | undefined {
  const log = aLog('api', lines);
  return entriesOf(log).map((entry) => quoteOf(log, { entry }).text)[0];
}

describe('quoteOf', () => {
  it('quotes a line as it stands', () => {
    expect(quote('2026-11-26T18:00:01Z ERROR no key')).toBe('2026-11-26T18:00:01Z ERROR no key');
  });

  it('quotes of JSON what it says', () => {
    expect(quote('{"level":"error","time":1,"msg":"cannot start","error":"first\\nsecond"}')).toBe(
      'cannot start: first ⏎ second',
    );
  });

  it('quotes of a very long line what it says', () => {
    const fields = Array.from({ length: 80 }, (_, index) => `field${index}=value`).join(' ');
    expect(quote(`time=1 ${fields} level=error msg="cannot start" err="no key"`)).toBe('cannot start: no key');
  });
});
