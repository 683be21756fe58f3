import { describe, expect, it } from 'vitest';
import { analyzeLog } from '../../../../src/engines/logs/analysis.ts';
import { logReport } from '../../../../src/engines/logs/report.ts';

const start = Date.UTC(2026, 10, 23, 12, 0, 0);
const second = (seconds: number): string => new Date(start + seconds * 1000).toISOString();

function reportOf(
  lines: readonly string[],
  { healthy = [], budget = 4000, died }: { healthy?: readonly string[]; budget?: number; died?: number } = {},
) {
  const analysis = analyzeLog();
  healthy.forEach((text) => analysis.compare({ text }));
  lines.forEach((text, index) => analysis.add({ text, at: second(index) }));
  return logReport(analysis.facts(), { budget, died });
}

describe('logReport', () => {
  it('puts a known fault first, with its best line', () => {
    const { signatures } = reportOf([
      'ERROR request failed',
      'FATAL: password authentication failed for user "app"',
      'WARN upstream timed out (110) while reading',
    ]);

    expect(signatures.map(({ id, count, quote }) => [id, count, quote])).toEqual([
      ['bad-credentials', 1, 'password authentication failed for user "app"'],
      ['upstream', 1, 'upstream timed out (110) while reading'],
    ]);
  });

  it('prefers what no healthy sibling says to what is said more often', () => {
    const { templates } = reportOf(['ERROR slow disk', 'ERROR slow disk', 'ERROR lost lease', 'ERROR slow disk'], {
      healthy: ['ERROR slow disk'],
    });

    expect(templates.map(({ template, novel }) => [template, novel])).toEqual([
      ['lost lease', true],
      ['slow disk', false],
    ]);
  });

  it('says of a known fault that healthy siblings say it too', () => {
    const line = 'ERROR password authentication failed for user "probe"';

    expect(reportOf([line], { healthy: [line] }).signatures).toMatchObject([{ id: 'bad-credentials', known: true }]);
  });

  it('says nothing of novelty when there was nothing to compare with', () => {
    expect(reportOf(['ERROR lost lease']).templates).toMatchObject([{ novel: undefined }]);
  });

  it('shows ten lines before a death, and three of a container that lives', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `INFO step ${index}`);

    expect(reportOf(lines, { died: start + 20_000 }).end).toHaveLength(10);
    expect(reportOf(lines).end.map(({ text }) => text)).toEqual(['INFO step 17', 'INFO step 18', 'INFO step 19']);
  });

  it('prefers what was said shortly before the death', () => {
    const quiet = Array.from({ length: 300 }, () => 'INFO tick');

    expect(reportOf(['ERROR first', ...quiet, 'ERROR last'], { died: start + 302_000 }).templates[0]?.template).toBe(
      'last',
    );
  });

  it('keeps to its budget, and says what was cut', () => {
    const long = Array.from(
      { length: 40 },
      (_, index) => `ERROR ${'abcdefghij'[index % 10]}${'x'.repeat(index)} broke`,
    );
    const report = reportOf(long, { budget: 700 });

    expect(JSON.stringify(report.templates).length + JSON.stringify(report.end).length).toBeLessThan(1400);
    expect(report.cut.join()).toMatch(/\d+ more templates/);
  });
});
