import { keyOf, nameOf, type ObjectRef, refOf } from '../../../objects.ts';
import type { Ingress } from '../../../routes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const ingressRouteConflict = defineRule({
  id: 'ingress-route-conflict',
  title: 'Two Ingresses claim the same host and path',
  area: 'route',
  class: 'risk',
  severity: 'medium',
  meaning: 'One of the two gets the requests, mostly the older one; the other looks right and receives nothing.',
  detection:
    'Two Ingresses of one class have a rule of the same host, path and path type, and send it to different Services. ' +
    'Canaries, and Ingresses of different classes, share a path on purpose. Who asks about one of the two is told that ' +
    'this is the cause.',
  remedies: ['Remove the rule from the one that is not meant, or make the host or path differ.'],
  avoid: ['deleting the older Ingress before knowing who relies on it'],

  check: (snapshot) => [...claims(snapshot).values()].flatMap((rivals) => findingOf(snapshot, rivals)),
});

interface Claim {
  readonly ingress: Ingress;
  readonly path: string;
  readonly target: string;
}

/** Whether a controller shares the path out on purpose (ingress-nginx `canary`, ALB `group.name`). */
const isShared = ({ metadata }: Ingress): boolean =>
  Object.keys(metadata.annotations ?? {}).some((key) => /canary|traffic-split|weight|group\.(?:name|order)/.test(key));

const classOf = ({ spec, metadata }: Ingress): string =>
  spec?.ingressClassName ?? metadata.annotations?.['kubernetes.io/ingress.class'] ?? '';

function claims(snapshot: Snapshot): ReadonlyMap<string, readonly Claim[]> {
  const all = snapshot
    .all('Ingress')
    .filter((ingress) => !isShared(ingress))
    .flatMap((ingress) =>
      (ingress.spec?.rules ?? []).flatMap(({ host, http }) =>
        (http?.paths ?? []).flatMap(({ path = '/', pathType, backend }) => {
          const { name, port } = backend?.service ?? {};
          if (name === undefined) return [];
          const target = `Service/${name} in namespace ${ingress.metadata.namespace}, port ${port?.name ?? port?.number}`;
          const shown = `${host ?? '*'}${path}`;
          return [{ ingress, path: shown, target, key: [classOf(ingress), shown, pathType].join('\n') }];
        }),
      ),
    );
  return Map.groupBy(all, ({ key }) => key);
}

function findingOf(snapshot: Snapshot, rivals: readonly Claim[]): readonly Finding[] {
  const byAge = rivals.toSorted((a, b) => bornOf(a).localeCompare(bornOf(b)));
  const [older, ...others] = byAge;
  const newer = others.find(({ ingress, target }) => ingress !== older?.ingress && target !== older?.target);
  if (older === undefined || newer === undefined) return [];
  const [first, second] = [refOf(older.ingress), refOf(newer.ingress)];
  const asked = snapshot.scope.object;
  const isAsked = asked !== undefined && [first, second].some((ref) => keyOf(ref) === keyOf(asked));
  return [
    {
      subject: second,
      problem: `claims ${newer.path} for ${newer.target}, which the older ${named(first, second)} sends to ${older.target}`,
      culprit: first,
      ...(isAsked && { class: 'cause' as const }),
      certainty: 'declared',
      evidence: [older, newer].map(({ ingress, path, target }) => ({
        object: refOf(ingress),
        source: 'spec' as const,
        text: `sends ${path} to ${target}, created ${ingress.metadata.creationTimestamp ?? 'at an unknown time'}`,
      })),
      since: newer.ingress.metadata.creationTimestamp,
      fixes: [
        {
          advice: `remove ${newer.path} from ${nameOf(second)}, or from ${named(first, second)} if the newer one is meant`,
          reason: 'only one of them receives the requests',
        },
      ],
    },
  ];
}

const bornOf = ({ ingress: { metadata } }: Claim): string =>
  `${metadata.creationTimestamp ?? '9'} ${metadata.namespace}/${metadata.name}`;

const named = (ref: ObjectRef, other: ObjectRef): string =>
  ref.namespace === other.namespace ? nameOf(ref) : `${nameOf(ref)} of namespace ${ref.namespace}`;
