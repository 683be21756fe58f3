import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzeLog } from '../../../../src/engines/logs/analysis.ts';
import { logReport } from '../../../../src/engines/logs/report.ts';

const word = fc.constantFrom(
  'ERROR',
  'Traceback (most recent call last):',
  '\tat a.B.c(B.java:1)',
  'Caused by: x.Y: z',
  'goroutine 1 [running]:',
  'panic: ',
  '{"level":50}',
  '  File "a", line 1',
  '---> ',
  ': in ',
  '',
);
const line = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.oneof(word, fc.string())).map((words) => words.join(' ')),
  word,
);
const at = fc.option(
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  { nil: undefined },
);

describe('any log', () => {
  it('has a report within its bounds', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ text: line, at })), (lines) => {
        const analysis = analyzeLog();
        lines.forEach((each) => analysis.add(each));
        const facts = analysis.facts();
        const report = logReport(facts, { budget: 2000 });

        expect(facts.lines).toBe(lines.length);
        expect(report.templates.length).toBeLessThanOrEqual(5);
        expect(report.end.length).toBeLessThanOrEqual(10);
      }),
      { numRuns: 200 },
    );
  });
});
