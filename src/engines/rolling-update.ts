import type { Of } from './objects.ts';

type Share = string | number | undefined;

/**
 * How many pods a rolling update of a Deployment may take away before their successors are ready: percentages of
 * maxUnavailable are rounded down, of maxSurge up, and when both come to 0 one may go (deployment/util
 * `ResolveFenceposts`). `undefined` for other strategies: Recreate takes all.
 */
export function maxUnavailableOf({ spec }: Of<'Deployment'>): number | undefined {
  const { type = 'RollingUpdate', rollingUpdate } = spec?.strategy ?? {};
  if (type !== 'RollingUpdate') return undefined;
  const replicas = spec?.replicas ?? 1;
  const unavailable = Math.floor(resolved(rollingUpdate?.maxUnavailable, replicas));
  const surge = Math.ceil(resolved(rollingUpdate?.maxSurge, replicas));
  return unavailable === 0 && surge === 0 ? 1 : unavailable;
}

const defaultShare = '25%';

function resolved(share: Share, replicas: number): number {
  const text = String(share ?? defaultShare);
  const value = Number.parseFloat(text);
  if (Number.isNaN(value)) return 0;
  return text.endsWith('%') ? (value * replicas) / 100 : value;
}
