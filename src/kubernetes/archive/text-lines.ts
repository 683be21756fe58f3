import { TextDecoder } from 'node:util';
import { FileProblem } from './files.ts';

/** Which encoding the first bytes tell: PowerShell writes UTF-16, editors a mark at the beginning. */
function encodingOf(start: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

export interface LineOptions {
  /** Characters of one line. */
  readonly longest: number;
  /** Whether longer lines are cut, or make the file unreadable. */
  readonly tooLong: 'cut' | 'refuse';
}

/** Lines of a text file in UTF-8 or UTF-16, with any line ending, without a byte order mark. Constant memory. */
export async function* textLines(
  bytes: AsyncIterable<Uint8Array>,
  { longest, tooLong }: LineOptions,
): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  let pending: string[] = [];
  let length = 0;

  function take(text: string): void {
    const room = longest - length;
    if (text.length > room && tooLong === 'refuse')
      throw new FileProblem(`has a line of more than ${longest} characters`);
    const kept = text.length > room ? text.slice(0, Math.max(0, room)) : text;
    if (kept !== '') pending.push(kept);
    length += kept.length;
  }

  function flush(): string {
    const line = pending.join('');
    [pending, length] = [[], 0];
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }

  for await (const chunk of bytes) {
    decoder ??= new TextDecoder(encodingOf(chunk));
    const text = decoder.decode(chunk, { stream: true });
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      take(text.slice(start, end));
      yield flush();
      start = end + 1;
    }
    take(text.slice(start));
  }
  take(decoder?.decode() ?? '');
  if (length > 0) yield flush();
}
