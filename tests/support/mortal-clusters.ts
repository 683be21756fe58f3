import type { Clusters, Writer } from '../../src/kubernetes/ports.ts';

/** A write or a change of a record: `apply patch`, `replace verifying`, `announce MendApplied`. */
export type StepName = string;

export interface Death {
  /** Which step is the last: its number, from 1, and its name. */
  readonly at: (number: number, name: StepName) => boolean;
  /** Whether the last step still has its effect. */
  readonly effect: boolean;
}

/**
 * Clusters of a process that is killed at one step: from then on nothing that it asks is sent or answered.
 * @returns `died` resolves with the name of that step.
 */
export function mortalClusters(clusters: Clusters, { at, effect }: Death) {
  const died = Promise.withResolvers<StepName>();
  const never = () => new Promise<never>(() => {});
  let number = 0;
  let dead = false;

  async function step<T>(name: StepName, work: () => Promise<T>): Promise<T> {
    if (dead) return never();
    number += 1;
    if (!at(number, name)) return work();
    dead = true;
    if (effect) await work();
    died.resolve(name);
    return never();
  }
  const alive = <T>(work: () => Promise<T>): Promise<T> => (dead ? never() : work());

  const mortal = ({ actions, ...writer }: Writer): Writer => ({
    current: (...args) => alive(() => writer.current(...args)),
    revisions: (...args) => alive(() => writer.revisions(...args)),
    tryPod: (...args) => alive(() => writer.tryPod(...args)),
    apply: (operation, options, signal) =>
      options.dryRun
        ? alive(() => writer.apply(operation, options, signal))
        : step(`apply ${operation.verb}`, () => writer.apply(operation, options, signal)),
    announce: (on, event, signal) => step(`announce ${event.reason}`, () => writer.announce(on, event, signal)),
    actions: {
      create: (record, signal) => step(`create ${record.state}`, () => actions.create(record, signal)),
      get: (...args) => alive(() => actions.get(...args)),
      list: (...args) => alive(() => actions.list(...args)),
      replace: (stored, record, signal, holder) =>
        step(`replace ${record.state}`, () => actions.replace(stored, record, signal, holder)),
    },
  });

  return {
    died: died.promise,
    clusters: {
      ...clusters,
      writer: async (cluster) => mortal(await clusters.writer(cluster)),
    } satisfies Clusters,
  };
}
