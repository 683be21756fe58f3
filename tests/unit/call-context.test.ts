import { describe, expect, it } from 'vitest';
import { contextOf } from '../../src/call-context.ts';
import { silentLogger } from '../../src/platform/logging.ts';
import { aReader, aWriter, someClusters } from '../support/fake-reader.ts';
import { aHealing } from '../support/proposals.ts';

type Reachable = Parameters<typeof contextOf>[1];

const reachable = (fields: Partial<Reachable> = {}): Reachable => ({
  clusters: someClusters(),
  caller: 'ann',
  settings: { namespace: 'shop', allowSystemNamespaces: false },
  log: silentLogger,
  signal: new AbortController().signal,
  enough: new AbortController().signal,
  ...fields,
});

describe('the context of a call', () => {
  it('reads and writes the cluster that is named', async () => {
    const named: unknown[] = [];
    const clusters = someClusters({
      reader: async (cluster) => {
        named.push(cluster);
        return aReader();
      },
      writer: async (cluster) => {
        named.push(cluster);
        return aWriter();
      },
    });
    const context = contextOf('prod', reachable({ clusters }));
    await Promise.all([context.reader(), context.writer()]);

    expect(named).toEqual(['prod', 'prod']);
  });

  it('refuses to heal unless that is switched on', () => {
    expect(() => contextOf(undefined, reachable()).healing()).toThrow('Healing is switched off.');
  });

  it('heals for its own caller, with its own approval, whatever the process was given', () => {
    const approval = { actionId: 'a1', answer: 'approved', by: 'ann' } as const;
    const healing = contextOf(undefined, reachable({ healing: aHealing({ caller: 'mallory' }), approval })).healing();

    expect(healing).toMatchObject({ caller: 'ann', approval });
    expect(contextOf(undefined, reachable({ healing: aHealing({ approval }) })).healing().approval).toBeUndefined();
  });

  it('reports progress without what steers a terminal, and not after the end', () => {
    const heard: unknown[] = [];
    const stop = new AbortController();
    const onProgress = (...args: readonly unknown[]) => void heard.push(args);
    const context = contextOf(undefined, reachable({ onProgress, signal: stop.signal }));
    context.progress(1, 2, 'one\u001b[2J');
    stop.abort();
    context.progress(2, 2, 'two');

    expect(heard).toEqual([[1, 2, expect.not.stringContaining('\u001b')]]);
  });

  it('survives a listener that fails', () => {
    const problems: string[] = [];
    const log = { ...silentLogger, warn: (_: object, message: string) => void problems.push(message) };
    const onProgress = () => {
      throw new Error('a slip');
    };
    contextOf(undefined, reachable({ onProgress, log })).progress(1, undefined, 'one');

    expect(problems).toEqual(['progress could not be reported']);
  });
});
