import type { Terminal } from '../program.ts';

/** Milliseconds after which somebody who waits wants to know what for. */
const patience = 1_000;

export interface Progress {
  /** What is being done, from now on. */
  update(message: string): void;
  /** Takes the line away. */
  end(): void;
}

/** One line on a person's stderr that says what takes so long; nothing when it does not, or nobody watches. */
export function showProgress(terminal: Terminal): Progress {
  if (!terminal.interactive) return { update: () => {}, end: () => {} };
  let message = '';
  let seconds = 0;
  const timer = setInterval(() => {
    seconds += 1;
    const text = `… ${message} (${seconds} s)`.slice(0, Math.max(terminal.columns - 1, 20));
    terminal.err(`\r${text}\u001b[K`);
  }, patience);
  return {
    update(next) {
      message = next;
    },
    end() {
      clearInterval(timer);
      if (seconds > 0) terminal.err('\r\u001b[K');
    },
  };
}
