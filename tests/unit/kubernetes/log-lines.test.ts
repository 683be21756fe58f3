import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLog, isExcuse, logLinesOf } from '../../../src/kubernetes/log-lines.ts';

describe('logLinesOf', () => {
  it('takes the timestamps of the runtime off', () => {
    expect(logLinesOf('2026-01-02T03:04:05.123456789Z hello\n2026-01-02T03:04:05+02:00 world\nno stamp\n')).toEqual([
      { at: '2026-01-02T03:04:05.123456789Z', text: 'hello' },
      { at: '2026-01-02T03:04:05+02:00', text: 'world' },
      { text: 'no stamp' },
    ]);
  });

  it.each([
    ['at its head', '2022-12-21T09:43:10Z ERROR lost', '2022-12-21T09:43:10Z'],
    ['in brackets', '[2022-12-21T09:43:10.123+01:00] lost', '2022-12-21T09:43:10.123+01:00'],
    ['in logfmt', 'time="2022-12-21T09:43:10Z" level=error msg=lost', '2022-12-21T09:43:10Z'],
    ['in a field of JSON', '{"level":"error","ts":"2022-12-21T09:43:10.5Z","msg":"lost"}', '2022-12-21T09:43:10.5Z'],
    ['in seconds since the epoch', '{"level":"error","ts":1671615790.123,"msg":"lost"}', '2022-12-21T09:43:10.000Z'],
    ['in milliseconds', '{"level":50,"time":1671615790123,"msg":"lost"}', '2022-12-21T09:43:10.123Z'],
  ])('takes the time of the program %s where the runtime wrote none', (_, text, at) => {
    expect(logLinesOf(`x\n${text}`)[1]).toEqual({
      at,
      text: text.startsWith('2022') ? text.slice(at.length + 1) : text,
    });
  });

  it.each([
    'certificate expired at 2022-12-21T09:43:10Z',
    '2022-12-21 09:43:10 ERROR of no zone',
    '{"msg":"count","n":1671615790}',
    '2022-12-21T09:43:10 ERROR of no zone',
  ])('takes no other time for that: %s', (text) => {
    expect(logLinesOf(text)).toEqual([{ text }]);
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

  it('leaves out empty lines, also those of nothing but a time', () => {
    const texts = logLinesOf('\n\n\none\n\n\n2026-01-02T03:04:05.1Z \ntwo\n\n').map(({ text }) => text);

    expect(texts).toEqual(['one', 'two']);
  });

  it('knows an excuse of the kubelet', () => {
    expect(logLinesOf('unable to retrieve container logs for containerd://0123')).toEqual([]);
    expect(isExcuse('unable to retrieve container logs for containerd://0123')).toBe(true);
    expect(isExcuse('')).toBe(false);
    expect(isExcuse('unable to retrieve container logs for containerd://0123\nstarting')).toBe(false);
    expect(isExcuse('starting\nunable to retrieve container logs for containerd://0123')).toBe(false);
  });

  it('tells an answer of nothing but that excuse from a log', () => {
    expect(isExcuse('unable to retrieve container logs for containerd://0123')).toBe(true);
    expect(isExcuse('started\nunable to retrieve container logs for containerd://0123')).toBe(false);
    expect(isExcuse('')).toBe(false);
  });

  it('cuts lines that are no messages', () => {
    expect(logLinesOf('x'.repeat(20_000))[0]?.text).toHaveLength(8193);
  });
});

/** What a decoder makes of these chunks, as texts. */
function decoded(chunks: readonly (string | Uint8Array)[]): readonly string[] {
  const texts: string[] = [];
  const decoder = decodeLog((lines) => texts.push(...lines.map(({ text }) => text)));
  chunks.forEach((chunk) => decoder.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk));
  decoder.end();
  return texts;
}

describe('decodeLog', () => {
  it('joins lines and characters that chunks cut', () => {
    const [head, tail] = [Buffer.from('grün').subarray(0, 3), Buffer.from('grün').subarray(3)];

    expect(decoded(['one\ntw', 'o\n', head, tail, '\nlast'])).toEqual(['one', 'two', 'grün', 'last']);
  });

  it('survives bytes that are no text', () => {
    const [first, last] = decoded([Buffer.from([0xff, 0x00, 0xfe, 0x41, 0x0a]), 'end']);

    expect(first).toContain('A');
    expect(last).toBe('end');
  });

  it('keeps the beginning of a line without end, and what follows it', () => {
    const texts = decoded([...Array.from({ length: 300 }, () => 'x'.repeat(1000)), '\nnext\n']);

    expect(texts.map((text) => text.length)).toEqual([8193, 4]);
  });

  it('counts lines of which it kept the beginning', () => {
    const decoder = decodeLog(() => {});
    const line = Buffer.from('x'.repeat(100_000));

    decoder.push(line);
    decoder.push(line);
    decoder.push(Buffer.from(`\nshort\n${'y'.repeat(9_000)}\nend`));
    decoder.end();

    expect(decoder.clipped()).toBe(2);
  });

  it('takes a log without any end of line, and half a character at its end', () => {
    expect(decoded(['no end', Buffer.from([0xc3])])).toEqual(['no end\uFFFD']);
  });

  it('takes out a private key that chunks cut', () => {
    const key = [
      'before\n-----BEGIN RSA PRIVATE KEY-----\nMIIcan',
      'ary1\ncanary2\n',
      '-----END RSA PRIVATE KEY-----\nafter\n',
    ];

    expect(decoded(key)).toEqual(['before', expect.stringMatching(/^\[REDACTED:private-key/), 'after']);
  });

  it('makes of any bytes the same lines, however they are cut, and none that is too long', () => {
    const bytes = fc.uint8Array({ maxLength: 400 });
    const line = fc.constantFrom('\n', 'ERROR é\n', '2026-01-02T03:04:05.1Z ', '\u001b[31m', '\0', 'token=canary1234 ');
    const piece = fc.oneof(
      bytes,
      line.map((text) => Buffer.from(text)),
    );

    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const texts = decoded(pieces);

        expect(texts).toEqual(decoded([Buffer.concat(pieces)]));
        expect(texts.every((text) => text.length <= 8193)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
