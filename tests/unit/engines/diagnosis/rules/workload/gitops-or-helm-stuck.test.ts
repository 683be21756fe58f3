import { gitopsOrHelmStuck } from '../../../../../../src/engines/diagnosis/rules/workload/gitops-or-helm-stuck.ts';
import type { KubernetesObject } from '../../../../../../src/engines/objects.ts';
import {
  aContainer,
  aDeployment,
  anObject,
  type aPod,
  aSnapshot,
  crashed,
  minutesAgo,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const broken = { containers: [aContainer('app', crashed({ exitCode: 1 }))] };
const delivered = (metadata: object, pod: Parameters<typeof aPod>[1] = broken) =>
  aDeployment('web', { metadata, pod }).all;
const helm = { annotations: { 'meta.helm.sh/release-name': 'web', 'meta.helm.sh/release-namespace': 'shop' } };
const aRevision = (version: number, status: string, minutes = 30) =>
  anObject('Secret', `sh.helm.release.v1.web.v${version}`, {
    metadata: {
      creationTimestamp: minutesAgo(minutes),
      labels: { owner: 'helm', name: 'web', status, version: `${version}` },
    },
  });
const released = (...revisions: readonly KubernetesObject[]) =>
  aSnapshot({ objects: delivered(helm), heads: revisions });
const flux = {
  labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' },
};
const argo = { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/web' } };
const custom = (kind: string, namespace: string, name: string, status: object) =>
  ({ apiVersion: 'example/v1', kind, metadata: { namespace, name }, status }) as KubernetesObject;
const ready = (status: string, reason: string) => ({
  lastAppliedRevision: 'main@sha1:abc',
  conditions: [{ type: 'Ready', status, reason, message: 'timeout waiting for: [Deployment/shop/web]' }],
});

testRule(gitopsOrHelmStuck, {
  silent: {
    'a release that was deployed': released(aRevision(1, 'superseded'), aRevision(2, 'deployed')),
    'an older revision that failed': released(aRevision(1, 'failed'), aRevision(2, 'deployed')),
    'an upgrade that has just begun': released(aRevision(1, 'deployed'), aRevision(2, 'pending-upgrade', 2)),
    'pods that work': aSnapshot({ objects: delivered(helm, {}), heads: [aRevision(2, 'failed')] }),
    'Secrets that could not be read': released(),
    'a Kustomization at work': aSnapshot({
      objects: [...delivered(flux), custom('Kustomization', 'flux-system', 'apps', ready('False', 'Progressing'))],
    }),
    'a workload that nobody delivers': aSnapshot({ objects: delivered({}), heads: [aRevision(2, 'failed')] }),
  },
  speaks: {
    'of an upgrade that was cut off': [
      released(aRevision(1, 'superseded'), aRevision(2, 'deployed'), aRevision(3, 'pending-upgrade')),
      {
        object: 'Deployment/web',
        problem: 'was not delivered whole: Helm release web revision 3 is pending-upgrade',
        certainty: 'declared',
        fix: 'helm rollback web 2 -n shop',
      },
    ],
    'of a first release that failed': [
      released(aRevision(1, 'failed')),
      { object: 'Deployment/web', problem: 'revision 1 is failed', fix: 'helm uninstall web -n shop' },
    ],
    'of Flux': [
      aSnapshot({
        objects: [
          ...delivered(flux),
          custom('Kustomization', 'flux-system', 'apps', ready('False', 'HealthCheckFailed')),
        ],
      }),
      {
        object: 'Deployment/web',
        problem: 'Kustomization flux-system/apps is not Ready: HealthCheckFailed',
        evidence: ['timeout waiting for'],
      },
    ],
    'of Argo CD': [
      aSnapshot({
        objects: [
          ...delivered(argo),
          custom('Application', 'argocd', 'shop', {
            operationState: { phase: 'Failed', message: 'one or more objects failed to apply' },
          }),
        ],
      }),
      {
        object: 'Deployment/web',
        problem: 'Application argocd/shop could not sync: one or more objects failed to apply',
      },
    ],
  },
});
