import { deliveriesOf } from '../../deliveries.ts';
import { type KubernetesObject, nameOf, refOf } from '../../objects.ts';
import type { Guard, Situation } from './guard.ts';
import { approve } from './verdicts.ts';

/** How a target tells whoever writes it to keep off for now. */
const pauses: readonly (readonly [annotation: string, value: RegExp, who: string])[] = [
  ['kustomize.toolkit.fluxcd.io/reconcile', /^disabled$/, 'Flux'],
  ['argocd.argoproj.io/skip-reconcile', /^true$/, 'Argo CD'],
  ['autoscaling.keda.sh/paused', /^true$/, 'KEDA'],
  ['autoscaling.keda.sh/paused-replicas', /./, 'KEDA'],
];

type Suspendable = KubernetesObject & {
  readonly spec?:
    | {
        readonly suspend?: boolean | undefined;
        readonly syncPolicy?: { readonly automated?: object | null | undefined } | undefined;
      }
    | undefined;
};

/** G17: who is suspended comes back. */
export const suspendedAutomation: Guard = {
  id: 'G17',
  title: 'asks even while whoever delivers the object is suspended',

  check({ operations }, situation) {
    const { target } = situation;
    if (target.kind === 'Node' || operations.every(({ verb }) => verb === 'evict')) return undefined;
    const who = pausedBy(target) ?? suspendedOwner(situation);
    if (who === undefined) return undefined;
    return approve(`${who} is suspended for ${nameOf(refOf(target))}: its next sync will revert the change.`);
  },
};

const pausedBy = ({ metadata: { annotations = {} } }: KubernetesObject): string | undefined =>
  pauses.find(([annotation, value]) => value.test(annotations[annotation] ?? ''))?.[2];

function suspendedOwner({ snapshot, target }: Situation): string | undefined {
  for (const { by, object } of deliveriesOf(target)) {
    const owner = by === 'Helm' ? undefined : snapshot.head(object);
    if (owner !== undefined && isSuspended(owner)) return nameOf(object);
  }
  return undefined;
}

/** Only an object that was read whole tells; an Application without `automated` syncs when a person says so. */
function isSuspended(owner: Suspendable): boolean {
  const paused = owner.metadata.annotations?.['argocd.argoproj.io/skip-reconcile'] === 'true';
  if (owner.kind !== 'Application') return paused || owner.spec?.suspend === true;
  return paused || (owner.spec !== undefined && !owner.spec.syncPolicy?.automated);
}
