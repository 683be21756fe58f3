import { setTimeout as sleep } from 'node:timers/promises';
import { watchedKinds } from '../engines/triage.ts';
import type { Clusters, Reader } from '../kubernetes/ports.ts';
import type { Success } from '../outcome.ts';
import { AppError } from '../platform/errors.ts';
import { type Diagnosis, diagnosis } from '../tools/report/diagnosis.ts';
import type { AnyTool } from '../tools/tool.ts';
import type { CommandContext } from './program.ts';

export interface WatchOptions {
  readonly tool: AnyTool;
  /** Of the tool. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly show: (found: Diagnosis, result: Success) => Promise<string>;
  /** Nothing between two answers: programs read them. */
  readonly bare: boolean;
  readonly wait?: ((ms: number, signal: AbortSignal) => Promise<unknown>) | undefined;
}

const interrupted = 130;
/** Changes come in flocks: so long is waited for the others, in ms. */
const settlingMs = 1_500;
/** What only time changes (a hold period that ends) is looked at so long after a change, then ever more seldom, in ms. */
const [restlessMs, calmMs] = [20_000, 300_000];
const clear = '\u001b[2J\u001b[3J\u001b[H';

/**
 * Diagnoses, shows, and again whenever something changed and the answer with it; until Ctrl-C, which ends it with 130.
 * @throws AppError when the first diagnosis fails, or nothing may be watched.
 */
export async function watchDiagnosis(context: CommandContext, options: WatchOptions): Promise<number> {
  const { terminal, signal } = context;
  const clusters = await context.openClusters(undefined, { fresh: true });
  const shown = { any: false, key: '', failure: '' };

  /** One diagnosis; shown when it says something else than the last one that was shown. */
  async function look(first: boolean): Promise<Diagnosis | undefined> {
    const { result } = await context.call(options.tool, options.args, { clusters });
    if (signal.aborted) return undefined;
    if (!result.success) {
      const { error, error_type: type, hint, details } = result;
      if (first) throw new AppError(type, error, { details, ...(hint !== undefined && { hint }) });
      if (shown.failure !== error) terminal.err(`kubemend: ${error}\n`);
      shown.failure = error;
      return undefined;
    }
    if (shown.failure !== '') recovered();
    const found = diagnosis.parse(result);
    const key = keyOf(found);
    if (key !== shown.key) terminal.out(await framed(found, result));
    shown.key = key;
    shown.any = true;
    return found;
  }

  /** What a failure was written beneath is shown again; elsewhere a line says that it holds again. */
  function recovered(): void {
    shown.failure = '';
    if (terminal.interactive) shown.key = '';
    else terminal.err('kubemend: it answers again.\n');
  }

  async function framed(found: Diagnosis, result: Success): Promise<string> {
    const text = await options.show(found, result);
    if (terminal.interactive) return `${clear}${text}\nat ${timeIn(found)}; watching, Ctrl-C ends it\n`;
    return options.bare || !shown.any ? text : `--- ${timeIn(found)}\n${text}`;
  }

  const watch = watcherOf(await readerOf(clusters, options.args));
  const found = await look(true);
  if (found === undefined) return interrupted;
  const bell = createBell();
  await watchScope(watch, found, { context, changed: bell.ring });
  const wait = options.wait ?? pause;
  // What changed until the watches began is seen by a second look.
  for (let restMs = restlessMs; !signal.aborted; ) {
    bell.reset();
    await look(false);
    const rung = await untilRung(bell, { restMs, wait, signal });
    restMs = rung ? restlessMs : Math.min(restMs * 2, calmMs);
  }
  return interrupted;
}

/** What makes an answer another one: its verdict, its causes and what they say. */
const keyOf = ({ verdict, causes, risks }: Diagnosis): string =>
  JSON.stringify([verdict, causes.map(({ id, summary }) => [id, summary]), risks.map(({ id }) => id)]);

const timeIn = ({ snapshot }: Diagnosis): string => `${snapshot.taken_at.slice(0, 19)}Z`;

const readerOf = (clusters: Clusters, { cluster }: WatchOptions['args']): Promise<Reader> =>
  clusters.reader(typeof cluster === 'string' ? cluster : undefined);

type Watch = NonNullable<Reader['watch']>;

function watcherOf(reader: Reader): Watch {
  if (reader.watch !== undefined) return reader.watch.bind(reader);
  throw new AppError('validation_error', 'An archive does not change, so there is nothing to watch.', {
    hint: 'Leave --watch out, or name a live cluster.',
  });
}

async function watchScope(
  watch: Watch,
  { scope: { namespace } }: Diagnosis,
  { context, changed }: { readonly context: CommandContext; readonly changed: () => void },
): Promise<void> {
  const { unwatched } = await watch({ kinds: watchedKinds, namespace, changed }, context.signal);
  if (unwatched.length > 0) context.terminal.err(`Not watched, for want of permission: ${unwatched.join(', ')}.\n`);
}

interface Bell {
  readonly ring: () => void;
  readonly reset: () => void;
  /** Settles at the first ring since the last reset. */
  readonly rung: () => Promise<void>;
}

function createBell(): Bell {
  let current = Promise.withResolvers<void>();
  return {
    ring: () => current.resolve(),
    reset() {
      current = Promise.withResolvers<void>();
    },
    rung: () => current.promise,
  };
}

type Wait = NonNullable<WatchOptions['wait']>;

interface Rest {
  readonly restMs: number;
  readonly wait: Wait;
  readonly signal: AbortSignal;
}

/** Until something changed and settled, or `restMs` have passed, or Ctrl-C. Resolves with whether something changed. */
async function untilRung(bell: Bell, { restMs, wait, signal }: Rest): Promise<boolean> {
  const over = new AbortController();
  const ending = AbortSignal.any([signal, over.signal]);
  const rung = await Promise.race([
    bell.rung().then(() => true),
    wait(restMs, ending).then(
      () => false,
      () => false,
    ),
  ]);
  over.abort();
  if (rung && !signal.aborted) await wait(settlingMs, signal).catch(() => undefined);
  return rung;
}

const pause: Wait = (ms, signal) => sleep(ms, undefined, { signal });
