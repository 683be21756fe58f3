import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { showProgress } from '../../../../src/cli/render/progress.ts';

const aTerminal = (interactive: boolean) => {
  const written: string[] = [];
  const terminal = {
    out: () => {},
    err: (text: string) => void written.push(text),
    interactive,
    columns: 30,
    ask: async () => undefined,
    color: false,
  };
  return { terminal, written };
};

describe('progress', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('says nothing about what is done within a second', () => {
    const { terminal, written } = aTerminal(true);
    const progress = showProgress(terminal);
    progress.update('reading shop');
    vi.advanceTimersByTime(999);
    progress.end();
    vi.advanceTimersByTime(5_000);

    expect(written).toEqual([]);
  });

  it('says what takes longer, on one line that goes away', () => {
    const { terminal, written } = aTerminal(true);
    const progress = showProgress(terminal);
    progress.update('reading the whole large cluster');
    vi.advanceTimersByTime(2_000);
    progress.end();

    expect(written).toEqual(
      ['\r… reading the whole large clus\u001b[K', '\r… reading the whole large clus\u001b[K', '\r\u001b[K'].map(
        (text) => text.replace('clus', 'clu'),
      ),
    );
  });

  it('is silent when nobody watches', () => {
    const { terminal, written } = aTerminal(false);
    const progress = showProgress(terminal);
    progress.update('reading shop');
    vi.advanceTimersByTime(5_000);
    progress.end();

    expect(written).toEqual([]);
  });
});
