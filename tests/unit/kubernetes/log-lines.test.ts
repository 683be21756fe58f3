import { describe, expect, it } from 'vitest';
import { logLinesOf } from '../../../src/kubernetes/log-lines.ts';

describe('logLinesOf', () => {
  it('takes the timestamps of the runtime off', () => {
    expect(logLinesOf('2026-01-02T03:04:05.123456789Z hello\n2026-01-02T03:04:05+02:00 world\nno stamp\n')).toEqual([
      { at: '2026-01-02T03:04:05.123456789Z', text: 'hello' },
      { at: '2026-01-02T03:04:05+02:00', text: 'world' },
      { text: 'no stamp' },
    ]);
  });

  it('takes out terminal control, carriage returns and empty lines', () => {
    expect(logLinesOf('\u001b[31mred\u001b[0m\r\n\n \u0007\nlast')).toEqual([{ text: 'red' }, { text: 'last' }]);
  });

  it('takes out a private key that spans lines with timestamps', () => {
    const stamp = '2026-01-02T03:04:05Z';
    const lines = ['before', '-----BEGIN PRIVATE KEY-----', 'MIIcanary', '-----END PRIVATE KEY-----', 'after'];

    const read = logLinesOf(lines.map((line) => `${stamp} ${line}`).join('\n'));

    expect(read.map(({ text }) => text)).toEqual(['before', expect.stringMatching(/^\[REDACTED:private-key/), 'after']);
    expect(read.every(({ at }) => at === stamp)).toBe(true);
  });

  it('knows an excuse of the kubelet', () => {
    expect(logLinesOf('unable to retrieve container logs for containerd://0123')).toEqual([]);
  });

  it('cuts lines that are no messages', () => {
    expect(logLinesOf('x'.repeat(20_000))[0]?.text).toHaveLength(8193);
  });
});
