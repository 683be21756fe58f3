import { aContainer, aLog, aPod, aSnapshot, crashed } from './builders.ts';

type Fields = Readonly<Record<string, unknown>>;

export const failed = { exitCode: 1, reason: 'Error' };

/** Pod `api`, whose container `app` keeps crashing. */
export const dying = (container: Fields = {}, spec: Fields = {}) =>
  aPod('api', { spec, containers: [aContainer('app', { ...crashed(failed), ...container })] });

/** A snapshot of that pod, with what its container said last. */
export const dies = (lines: readonly string[], container: Fields = {}, spec: Fields = {}) =>
  aSnapshot({ objects: [dying(container, spec)], logs: [aLog('api', lines)] });
