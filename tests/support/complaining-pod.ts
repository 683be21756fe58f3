import { aContainer, aPod, aSnapshot, now } from './builders.ts';

type Fields = Readonly<Record<string, unknown>>;

const time = (secondsBefore: number): string => new Date(Date.parse(now) - secondsBefore * 1_000).toISOString();

/** A log of pod `api` whose lines came every two seconds, the last one right before the snapshot. */
export const aSteadyLog = (lines: readonly string[], { pod = 'api', ago = 0, container = 'app' } = {}) => ({
  namespace: 'shop',
  pod,
  container,
  previous: false,
  lines: lines.map((text, index) => ({ text, at: time(ago + 2 * (lines.length - index)) })),
});

/** These lines over and over. */
export const again = (lines: readonly string[], times = 20): readonly string[] =>
  Array.from({ length: times }, () => lines).flat();

/** A snapshot of pod `api`, which is ready, with what its container logs. */
export const complains = (lines: readonly string[], container: Fields = {}, { ago = 0 } = {}) =>
  aSnapshot({
    objects: [aPod('api', { containers: [aContainer('app', container)] })],
    logs: [aSteadyLog(lines, { ago })],
  });
