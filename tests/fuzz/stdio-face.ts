import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { program } from '../support/program.ts';
import type { FuzzBed } from './bed.ts';
import { anyMessage, bodyOf, legacyInitialize, type Message, modernMeta } from './http-faces.ts';
import { hostileText } from './values.ts';
import { type Wrong, wrongRpc, wrongText } from './verdicts.ts';

export interface StdioFace {
  /** Writes lines in pieces, and waits until all that was asked is answered, each once. */
  send(sent: Sent): Promise<Wrong>;
  close(): Promise<void>;
}

type Line = { readonly message: Message } | { readonly rubbish: string };

export interface Sent {
  readonly lines: readonly Line[];
  /** Where the bytes are cut, as shares of the whole. */
  readonly cuts: readonly number[];
  readonly ending: '\n' | '\r\n';
  /** Bytes that are no UTF-8, on a line of their own. */
  readonly broken: boolean;
}

const rubbish = fc.oneof(hostileText, fc.json()).map((text) => text.replaceAll(/[\r\n]/g, ' '));

export const sentLines: fc.Arbitrary<Sent> = fc.record({
  lines: fc.array(
    fc.oneof(
      { weight: 4, arbitrary: anyMessage.map((message): Line => ({ message })) },
      { weight: 1, arbitrary: rubbish.map((text): Line => ({ rubbish: text })) },
    ),
    { minLength: 1, maxLength: 4 },
  ),
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 }),
  ending: fc.constantFrom('\n', '\r\n'),
  broken: fc.boolean(),
});

interface Answer {
  readonly id?: unknown;
  readonly method?: unknown;
}

const patienceMs = 30_000;

/** The program over stdio in this process, in one of both eras. */
export async function stdioFace({ environment, canaries }: FuzzBed, era: 'modern' | 'legacy'): Promise<StdioFace> {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const flags = ['serve', '--heal', '--log-level', 'error'];
  const ended = program(flags, { environment, stdin, stdout });
  const meta = era === 'modern' ? modernMeta : undefined;
  let [count, unread] = [0, ''];
  const answers: string[] = [];
  let arrived = (): void => {};
  stdout.on('data', (chunk: Buffer) => {
    const lines = `${unread}${chunk.toString()}`.split('\n');
    unread = lines.pop() ?? '';
    answers.push(...lines);
    arrived();
  });

  async function answered(ids: ReadonlySet<string>): Promise<readonly string[]> {
    const signal = AbortSignal.timeout(patienceMs);
    const missing = () => [...ids].filter((id) => !answers.some((line) => (JSON.parse(line) as Answer).id === id));
    while (missing().length > 0 && !signal.aborted)
      await new Promise<void>((resolve) => {
        arrived = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    return missing();
  }

  if (era === 'legacy') stdin.write(`${JSON.stringify({ ...legacyInitialize, id: 'open' })}\n`);
  if (era === 'legacy') await answered(new Set(['open']));

  return {
    async send({ lines, cuts, ending, broken }) {
      answers.length = 0;
      const asked: Message[] = [];
      const own = (message: Message): Message => {
        const mine = { ...message, id: `q${++count}`, version: '2.0', params: objectOf(message.params) };
        asked.push(mine);
        return mine;
      };
      // The last one is answered whatever came of the others.
      const last: Message = { method: 'prompts/list', params: {}, id: '', version: '2.0' };
      const texts = [...lines, { message: last }].map((line) =>
        'rubbish' in line ? line.rubbish : JSON.stringify(bodyOf(own(line.message), meta)),
      );
      const bytes = Buffer.concat([
        ...(broken ? [Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0x0a])] : []),
        Buffer.from(texts.map((text) => `${text}${ending}`).join('')),
      ]);
      for (const block of cutAt(bytes, cuts)) stdin.write(block);
      const expected = asked.filter(({ method }) => !method.startsWith('notifications/')).map(({ id }) => String(id));
      const missing = await answered(new Set(expected));
      if (missing.length > 0) return `not answered: ${missing.join(', ')} of ${JSON.stringify(texts)}`;
      const parsed = answers.map((line) => JSON.parse(line) as Answer);
      const twice = expected.find(
        (id) => parsed.filter((each) => each.id === id && each.method === undefined).length !== 1,
      );
      if (twice !== undefined) return `answered more than once: ${twice}`;
      return parsed.map(wrongRpc).find((wrong) => wrong !== undefined) ?? wrongText(answers.join('\n'), canaries);
    },
    async close() {
      stdin.end();
      await ended;
    },
  };
}

/** What JSON-RPC allows; else it is no request that has to be answered. */
const objectOf = (params: unknown): object =>
  typeof params === 'object' && params !== null && !Array.isArray(params) ? params : {};

function cutAt(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const places = [0, ...cuts.map((share) => Math.floor(share * bytes.length)).toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}
