import { describe, expect, it } from 'vitest';
import type { CommandContext } from '../../../src/cli/program.ts';
import { watchDiagnosis } from '../../../src/cli/watch-diagnosis.ts';
import type { Reader } from '../../../src/kubernetes/ports.ts';
import type { Failure, Outcome, Success } from '../../../src/outcome.ts';
import { loadSettings } from '../../../src/platform/load-settings.ts';
import { silentLogger } from '../../../src/platform/logging.ts';
import { diagnose } from '../../../src/tools/diagnostic/diagnose.ts';
import { digest } from '../../../src/tools/report/digest.ts';
import { aCause, anExplanation } from '../../support/explanations.ts';
import { aReader, someClusters } from '../../support/fake-reader.ts';

const success = (data: object): Success => ({ success: true, ...data });
const healthy = success(digest(anExplanation(), { limit: 10 }));
const broken = success(digest(anExplanation({ causes: [aCause()] }), { limit: 10 }));
const failure: Failure = { success: false, error: 'It does not answer.', error_type: 'unavailable', details: {} };

interface Fields {
  readonly interactive?: boolean;
  readonly bare?: boolean;
  readonly unwatched?: readonly string[];
  readonly archive?: boolean;
  /** Nothing changes, and time flies. */
  readonly quiet?: boolean;
}

/** Watches while there are answers; each is followed by a change, and the last by Ctrl-C. */
async function watch(answers: readonly Outcome['result'][], fields: Fields = {}) {
  const stop = new AbortController();
  const out: string[] = [];
  const err: string[] = [];
  const queue = [...answers];
  const opened: unknown[] = [];
  let changed = () => {};
  const watchable: Reader['watch'] = async (query) => {
    changed = query.changed;
    return { unwatched: fields.unwatched ?? [] };
  };
  const reader = aReader(fields.archive === true ? {} : { watch: watchable });
  const context: CommandContext = {
    settings: loadSettings({ flags: {}, environment: {}, dotenv: {} }),
    terminal: {
      out: (text) => out.push(text),
      err: (text) => err.push(text),
      interactive: fields.interactive ?? false,
      columns: 80,
      ask: async () => undefined,
      color: false,
    },
    log: silentLogger,
    audit: () => Promise.reject(new Error('unexpected audit')),
    tracing: () => Promise.reject(new Error('unexpected tracing')),
    healing: () => Promise.reject(new Error('unexpected healing')),
    signingKeys: () => Promise.reject(new Error('unexpected approval')),
    user: 'somebody',
    signal: stop.signal,
    openClusters: async (_, options) => {
      opened.push(options);
      return someClusters({ reader: async () => reader });
    },
    call: async () => {
      const result = queue.shift() ?? healthy;
      if (fields.quiet !== true) changed();
      if (queue.length === 0) stop.abort();
      return { requestId: 'r1', result, text: '' };
    },
  };
  const never = (_ms: number, signal: AbortSignal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('over'))));
  const waits: number[] = [];
  const flying = async (ms: number) => {
    waits.push(ms);
    await new Promise(setImmediate);
  };
  const still: typeof never = (ms, signal) => (ms > 10_000 ? never(ms, signal) : new Promise(setImmediate));
  const status = await watchDiagnosis(context, {
    tool: diagnose,
    args: {},
    show: async ({ verdict }) => `${verdict}\n`,
    bare: fields.bare ?? false,
    wait: fields.quiet === true ? flying : still,
  });
  return { status, out, err, opened, waits };
}

describe('kubemend diagnose --watch', () => {
  it('shows an answer again only when it is another one, and ends with 130', async () => {
    const { status, out, opened } = await watch([healthy, healthy, broken, broken, healthy, healthy]);

    expect(out).toEqual([
      'healthy\n',
      expect.stringMatching(/^--- .+Z\nunhealthy\n$/),
      expect.stringMatching(/^--- .+Z\nhealthy\n$/),
    ]);
    expect(status).toBe(130);
    expect(opened).toEqual([{ fresh: true }]);
  });

  it('redraws a terminal', async () => {
    const { out } = await watch([healthy, broken, broken], { interactive: true });

    expect(out).toHaveLength(2);
    expect(out[1]?.startsWith('\u001b[2J\u001b[3J\u001b[Hunhealthy\n\nat ')).toBe(true);
    expect(out[1]).toMatch(/Z; watching, Ctrl-C ends it\n$/);
  });

  it('puts nothing between answers for programs', async () => {
    const { out } = await watch([healthy, broken, broken], { bare: true });

    expect(out).toEqual(['healthy\n', 'unhealthy\n']);
  });

  it('goes on while nothing answers, and says once that it does not, and that it does again', async () => {
    const { out, err } = await watch([healthy, failure, failure, healthy, broken, broken]);

    expect(err).toEqual(['kubemend: It does not answer.\n', 'kubemend: it answers again.\n']);
    expect(out).toHaveLength(2);
  });

  it('shows a terminal the same answer again after a failure was written beneath it', async () => {
    const { out, err } = await watch([healthy, failure, healthy, healthy], { interactive: true });

    expect(err).toEqual(['kubemend: It does not answer.\n']);
    expect(out).toHaveLength(2);
  });

  it('looks again when nothing changed, ever more seldom: hold periods end', async () => {
    const { waits } = await watch(
      Array.from({ length: 8 }, () => healthy),
      { quiet: true },
    );

    expect(waits).toEqual([20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000]);
  });

  it('says what it may not watch', async () => {
    const { err } = await watch([healthy, healthy], { unwatched: ['Node'] });

    expect(err).toEqual(['Not watched, for want of permission: Node.\n']);
  });

  it('does not begin when the first diagnosis fails', async () => {
    await expect(watch([failure, healthy])).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('does not watch an archive', async () => {
    await expect(watch([healthy], { archive: true })).rejects.toMatchObject({
      code: 'validation_error',
      hint: 'Leave --watch out, or name a live cluster.',
    });
  });
});
