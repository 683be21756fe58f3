import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { type Host, runProgram } from '../../src/cli/program.ts';

/** A stream that keeps all that is written to it. */
export interface Kept extends Writable {
  readonly text: () => string;
}

/** @param most bytes that are kept: the first of them, and whatever comes then is lost. */
export function keeping(most = Number.POSITIVE_INFINITY): Kept {
  const chunks: Buffer[] = [];
  let size = 0;
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (size < most) chunks.push(chunk);
      size += chunk.length;
      done();
    },
  });
  return Object.assign(stream, { text: () => Buffer.concat(chunks).toString() });
}

interface ProgramFields {
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: Host['stdin'];
  readonly stdout?: Host['stdout'];
  readonly stderr?: Host['stderr'];
  readonly signal?: AbortSignal;
}

export interface Ended {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** A home of its own: what the program keeps of a user is of this process only. */
const home = mkdtempSync(join(tmpdir(), 'kubemend-program-'));

/** The whole program in this process, with streams instead of a terminal. */
export async function program(argv: readonly string[], fields: ProgramFields = {}): Promise<Ended> {
  const [out, err] = [keeping(), keeping()];
  const { stdin = new PassThrough().end(), signal = new AbortController().signal, environment } = fields;
  const host: Host = {
    argv,
    // API servers of tests need not be spared.
    environment: { HOME: home, USER: 'ann', KUBEMEND_K8S_QPS: '0', ...environment },
    dotenv: '',
    stdin,
    stdout: fields.stdout ?? out,
    stderr: fields.stderr ?? err,
    signal,
    version: '1.2.3',
    nodeVersion: process.version,
    demo: 'demo/shop.kubemend.gz',
    assets: '/nowhere',
  };
  const status = await runProgram(host);
  return { status, out: out.text(), err: err.text() };
}

export interface Serving {
  readonly url: string;
  /** Of its metrics. */
  readonly metrics: string;
  /** Its log so far. */
  readonly log: () => string;
  /** Ends it; resolves with its status. */
  readonly stop: () => Promise<number>;
}

/** The whole HTTP service in this process, on free ports of loopback. */
export async function serving(
  flags: readonly string[],
  { environment = {}, logBytes }: Pick<ProgramFields, 'environment'> & { readonly logBytes?: number } = {},
): Promise<Serving> {
  const stop = new AbortController();
  const stderr = keeping(logBytes);
  const serve = ['serve', '--http', '--port', '0', '--metrics-port', '0', ...flags];
  const ended = program(serve, { environment, stderr, signal: stop.signal });
  const told = (): { url: string; metrics: string } | undefined => {
    const line = stderr
      .text()
      .split('\n')
      .find((each) => each.includes('"msg":"serving"'));
    return line === undefined ? undefined : (JSON.parse(line) as { url: string; metrics: string });
  };
  for (;;) {
    const addresses = told();
    const over = await Promise.race([ended, pause(5)]);
    if (over !== undefined) throw new Error(`The service ended with ${over.status}: ${stderr.text()}`);
    if (addresses === undefined) continue;
    return {
      ...addresses,
      log: stderr.text,
      async stop() {
        stop.abort();
        return (await ended).status;
      },
    };
  }
}
