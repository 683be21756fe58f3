import { type KubernetesObject, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** Versions of built-in APIs that are gone, with the release that dropped them (Kubernetes deprecation guide). */
const removed: Readonly<Record<string, { readonly minor: number; readonly instead: string }>> = {
  'extensions/v1beta1': { minor: 22, instead: 'apps/v1 or networking.k8s.io/v1' },
  'apps/v1beta1': { minor: 16, instead: 'apps/v1' },
  'apps/v1beta2': { minor: 16, instead: 'apps/v1' },
  'networking.k8s.io/v1beta1': { minor: 22, instead: 'networking.k8s.io/v1' },
  'rbac.authorization.k8s.io/v1beta1': { minor: 22, instead: 'rbac.authorization.k8s.io/v1' },
  'storage.k8s.io/v1beta1': { minor: 27, instead: 'storage.k8s.io/v1' },
  'batch/v1beta1': { minor: 25, instead: 'batch/v1' },
  'policy/v1beta1': { minor: 25, instead: 'policy/v1' },
  'discovery.k8s.io/v1beta1': { minor: 25, instead: 'discovery.k8s.io/v1' },
  'autoscaling/v2beta1': { minor: 25, instead: 'autoscaling/v2' },
  'autoscaling/v2beta2': { minor: 26, instead: 'autoscaling/v2' },
};

export const apiDeprecatedOrRemoved = defineRule({
  id: 'api-deprecated-or-removed',
  title: 'A manifest uses an API version that is gone',
  area: 'cluster',
  class: 'risk',
  severity: 'low',
  meaning:
    'What runs is fine, but the manifest that it came from cannot be applied any more: the next deployment fails.',
  detection:
    'The newest entry of managedFields, of those that are not about the status, has an apiVersion that Kubernetes has ' +
    'removed, in the release of this API server where its version is known. The API server drops that entry when anybody ' +
    'writes, were it a status, so only what nobody touched since the upgrade still tells. Charts and pipelines that have ' +
    'not written since leave no such trace; nothing is said of them. Autoscalers whose target kind is not served have a rule of their own.',
  remedies: ['Write the manifest with the version that is served, at its source.'],
  avoid: ['editing the object in the cluster only: the source still has the old version'],

  check: (snapshot) => snapshot.data.objects.flatMap((object) => findingOf(snapshot, object)),
});

function findingOf(snapshot: Snapshot, object: KubernetesObject): readonly Finding[] {
  const writes = (object.metadata.managedFields ?? []).filter(({ subresource }) => subresource === undefined);
  const [newest] = writes.toSorted((a, b) => ((a.time ?? '') < (b.time ?? '') ? 1 : -1));
  const version = newest?.apiVersion;
  const gone = version === undefined ? undefined : removed[version];
  const minor = Number(/^v?1\.(\d+)/.exec(snapshot.data.version ?? '')?.[1] ?? Number.POSITIVE_INFINITY);
  if (gone === undefined || version === undefined || minor < gone.minor) return [];
  const subject = refOf(object);
  return [
    {
      subject,
      problem: `was last written as ${version}, which Kubernetes 1.${gone.minor} removed: its manifest cannot be applied again`,
      certainty: 'declared',
      evidence: [
        {
          object: subject,
          source: 'change',
          text: `written by ${newest?.manager ?? 'somebody'} as ${version}; served as ${object.apiVersion}`,
          at: newest?.time,
        },
      ],
      fixes: [{ advice: `write the manifest as ${gone.instead}`, reason: `${version} is not served any more` }],
    },
  ];
}
