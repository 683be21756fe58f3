#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from './cli/program.ts';
import { loadProgram } from './load-program.ts';

const oldestNode = '22.19';
if (!isAtLeast(process.versions.node, oldestNode)) {
  process.stderr.write(`kubemend needs Node ${oldestNode} or newer; this is ${process.versions.node}.\n`);
  process.exit(2);
}

void main();

async function main(): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Whoever asks twice does not want to wait. Not 1, which says that a diagnosis found something.
      if (stop.signal.aborted) process.exit(130);
      stop.abort();
    });
  }
  // The reader of a pipe may leave; what it does not want is not written, nor gone on with. A full disk loses what somebody wanted.
  let unwritten = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') stop.abort();
    if (error.code === 'EPIPE' || unwritten) return;
    unwritten = true;
    process.exitCode = 2;
    process.stderr.write(`kubemend: the output cannot be written (${error.code ?? 'unknown error'}).\n`);
  });
  process.stderr.on('error', () => {});

  const host: Host = {
    argv: process.argv.slice(2),
    environment: process.env,
    dotenv: contentOf('.env'),
    // Node makes a stream of it when it is first looked at, which few commands do.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    signal: stop.signal,
    // The bundler writes it in; the sources read it.
    version: process.env.KUBEMEND_VERSION ?? versionOf(contentOf(join(import.meta.dirname, '../package.json'))),
    commit: process.env.KUBEMEND_COMMIT,
    buildDate: process.env.KUBEMEND_BUILD_DATE,
    nodeVersion: process.version,
    ends: true,
    demo: join(import.meta.dirname, '../demo/shop.kubemend.gz'),
    assets: join(import.meta.dirname, '../dist/assets'),
  };
  const status = await loadProgram()
    .then((runProgram) => runProgram(host))
    .catch(async (error: unknown) => {
      const { safeText } = await import('./platform/safe-text.ts');
      // Not 1, which says that a diagnosis found something.
      const told = error instanceof Error ? error.stack : String(error);
      process.stderr.write(safeText(`kubemend failed unexpectedly: ${told}\n`));
      return 70;
    });
  process.exitCode = unwritten ? 2 : status;
  // Ends as soon as all is written: a credential plugin that waits for a person must not keep us, and to take down the heap
  // first, as Node does at the end of a program, costs 15 ms.
  process.stdout.write('', () => setImmediate(() => process.exit()));
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // No such file is the usual case; one that cannot be read holds nothing for us either.
    return '';
  }
}

function versionOf(manifest: string): string {
  return /"version": "([^"]+)"/.exec(manifest)?.[1] ?? '0.0.0';
}

function isAtLeast(version: string, oldest: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldest.split('.').map(Number);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}
