import type { Interface } from 'node:readline/promises';
import type { Host, Terminal } from './program.ts';

/** https://no-color.org */
export const terminalOf = (host: Host): Terminal => {
  const { stdout, stderr, environment } = host;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    interactive: stdout.isTTY === true,
    columns: stdout.columns || 80,
    color: stdout.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb',
    ask: (question) => asked(question, host),
  };
};

/** The question goes to stderr, so that stdout holds results only. An end of input is an empty answer. */
async function asked(question: string, { stdin, stderr, signal }: Host): Promise<string | undefined> {
  if (stdin.isTTY !== true) return undefined;
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    return await Promise.race([lines.question(question, { signal }), ended(lines)]);
  } finally {
    lines.close();
  }
}

const ended = (lines: Interface): Promise<string> =>
  new Promise((resolve) => {
    lines.once('close', () => resolve(''));
  });
