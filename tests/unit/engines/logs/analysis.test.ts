import { describe, expect, it } from 'vitest';
import { analyzeLog } from '../../../../src/engines/logs/analysis.ts';

const second = (seconds: number): string => new Date(Date.UTC(2026, 10, 23, 12, 0, seconds)).toISOString();

function factsOf(lines: readonly string[], healthy: readonly string[] = []) {
  const analysis = analyzeLog();
  healthy.forEach((text) => analysis.compare({ text }));
  lines.forEach((text, index) => analysis.add({ text, at: second(index) }));
  return analysis.facts();
}

describe('analyzeLog', () => {
  it('counts entries by template and level, with times and the latest sample', () => {
    const { patterns, levels, lines, first, last } = factsOf([
      'INFO served order 1 in 3ms',
      'INFO served order 2 in 5ms',
      'E1123 12:00:00.123456       1 server.go:42] cannot bind',
      'ready',
    ]);

    expect({ levels, lines, first, last }).toEqual({
      levels: { info: 2, error: 1 },
      lines: 4,
      first: second(0),
      last: second(3),
    });
    expect(patterns[0]).toMatchObject({
      template: 'served order <n> in <n>ms',
      count: 2,
      first: second(0),
      last: second(1),
      sample: 'served order 2 in 5ms',
    });
  });

  it('folds traces of one type and place to one pattern', () => {
    const trace = (id: number) => [
      'Traceback (most recent call last):',
      '  File "/app/main.py", line 12, in <module>',
      `ValueError: order ${id} is bad`,
    ];
    const { patterns, levels } = factsOf([...trace(1), ...trace(2)]);

    expect(levels).toEqual({ error: 2 });
    expect(patterns).toHaveLength(1);
    expect(patterns[0]).toMatchObject({ count: 2, trace: { type: 'ValueError', frame: 'main.py:12' } });
  });

  it('knows what a healthy sibling says too, and does not count it', () => {
    const { patterns, compared } = factsOf(['WARN slow disk', 'ERROR lost the lease'], ['WARN slow disk', 'ready']);

    expect(compared).toBe(true);
    expect(patterns.map(({ template, count, before }) => [template, count, before])).toEqual([
      ['slow disk', 1, 1],
      ['lost the lease', 1, 0],
    ]);
  });

  it('takes the name of a pod for itself', () => {
    const analysis = analyzeLog({ pod: 'orders-2' });
    analysis.compare({ text: 'starting on orders-0' }, 'orders-0');
    analysis.compare({ text: 'starting on orders-1' }, 'orders-1');
    analysis.add({ text: 'starting on orders-2' });

    expect(analysis.facts().patterns).toMatchObject([{ count: 1, before: 2, sample: 'starting on orders-2' }]);
  });

  it('compares with what came before the window', () => {
    const analysis = analyzeLog({ windowStart: Date.parse(second(10)) });
    const at = [second(1), second(11), second(12)];
    ['WARN slow disk', 'WARN slow disk', 'ERROR lost the lease'].forEach((text, index) =>
      analysis.add({ text, at: at[index] }),
    );
    const { patterns, lines } = analysis.facts();

    expect(lines).toBe(2);
    expect(patterns.map(({ count, before }) => [count, before])).toEqual([
      [1, 1],
      [1, 0],
    ]);
  });

  it('finds known faults only in what is not routine', () => {
    const { patterns } = factsOf(['INFO client got 401 Unauthorized', 'FATAL: password authentication failed for x']);

    expect(patterns.map(({ signature }) => signature)).toEqual([undefined, 'bad-credentials']);
  });

  it('holds no more of a log without end than its patterns and its last lines', () => {
    const analysis = analyzeLog();
    for (let index = 0; index < 2000; index += 1) {
      analysis.add({ text: `w${index}x item q${index * 7} done z${index}` });
      analysis.add({ text: '  still the same entry' });
    }
    const { patterns, end, lines, forgotten } = analysis.facts();

    expect(lines).toBe(4000);
    expect(patterns.length).toBeLessThanOrEqual(500);
    expect(end.length).toBeLessThanOrEqual(10);
    expect(forgotten).toBeGreaterThan(0);
  });
});
