import { describe, expect, it } from 'vitest';
import { deliveredTo } from '../../../src/engines/delivered.ts';
import { diagnose } from '../../../src/engines/diagnosis/diagnose.ts';
import type { KubernetesObject } from '../../../src/engines/objects.ts';
import { aContainer, aDeployment, anObject, aSnapshot, minutesAgo, someData, waiting } from '../../support/builders.ts';

const deployed = (metadata: object) => anObject('Deployment', 'web', { metadata });
const byHelm = { annotations: { 'meta.helm.sh/release-name': 'web', 'meta.helm.sh/release-namespace': 'shop' } };
const release = (version: string, at: string, labels: object = {}) =>
  anObject('Secret', `sh.helm.release.v1.web.v${version}`, {
    metadata: { creationTimestamp: at, labels: { owner: 'helm', name: 'web', version, status: 'deployed', ...labels } },
  });
const delivered = (workload: KubernetesObject, ...more: readonly KubernetesObject[]) =>
  deliveredTo(aSnapshot({ objects: [workload, ...more.filter(({ kind }) => kind !== 'Secret')], heads: more }), {
    kind: 'Deployment',
    namespace: 'shop',
    name: 'web',
  }).map(({ by, at, what }) => `${by} ${at} ${what}`);
const object = (apiVersion: string, kind: string, namespace: string, status: unknown): KubernetesObject =>
  ({ apiVersion, kind, metadata: { name: 'web', namespace }, status }) as KubernetesObject;
const commit = '0123456789abcdef0123456789abcdef01234567';

describe('deliveredTo', () => {
  it('tells revisions of a Helm release by the labels of its Secrets', () => {
    const other = release('1', minutesAgo(9), { name: 'api' });

    expect(delivered(deployed(byHelm), release('3', minutesAgo(5)), other)).toEqual([
      `Helm ${minutesAgo(5)} Helm release web revision 3, deployed`,
    ]);
  });

  it('tells what Flux applied', () => {
    const labels = {
      'kustomize.toolkit.fluxcd.io/name': 'web',
      'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
    };
    const status = {
      lastAppliedRevision: `main@sha1:${commit}`,
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: minutesAgo(4) }],
    };

    expect(
      delivered(deployed({ labels }), object('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'flux-system', status)),
    ).toEqual([`Flux ${minutesAgo(4)} Kustomization web applied main@sha1:0123456789ab`]);
  });

  it('tells the releases of a HelmRelease of Flux', () => {
    const labels = { 'helm.toolkit.fluxcd.io/name': 'web', 'helm.toolkit.fluxcd.io/namespace': 'shop' };
    const status = { history: [{ chartVersion: '1.4.0', version: 7, lastDeployed: minutesAgo(6) }] };

    expect(delivered(deployed({ labels }), object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'shop', status))).toEqual(
      [`Flux ${minutesAgo(6)} HelmRelease web revision 7, chart 1.4.0`],
    );
  });

  it('tells the syncs of an Application', () => {
    const annotations = { 'argocd.argoproj.io/tracking-id': 'web:apps/Deployment:shop/web' };
    const status = { history: [{ revision: commit, deployedAt: minutesAgo(3) }] };

    expect(
      delivered(deployed({ annotations }), object('argoproj.io/v1alpha1', 'Application', 'argocd', status)),
    ).toEqual([`Argo CD ${minutesAgo(3)} Application web synced 0123456789ab`]);
  });

  it.each([
    ['a workload that nobody delivers', deployed({}), []],
    ['a release that was not read', deployed(byHelm), []],
    ['a Secret without labels', deployed(byHelm), [anObject('Secret', 'sh.helm.release.v1.web.v1')]],
    [
      'a forged history',
      deployed({ labels: { 'argocd.argoproj.io/instance': 'web' } }),
      [object('argoproj.io/v1alpha1', 'Application', 'argocd', { history: 'none' })],
    ],
  ])('tells nothing of %s', (_, workload, more) => {
    expect(delivered(workload, ...more)).toEqual([]);
  });
});

describe('what changed', () => {
  it('names the release that came shortly before', () => {
    const { all } = aDeployment('web', {
      metadata: byHelm,
      pod: {
        containers: [aContainer('app', waiting('CreateContainerConfigError', 'configmap "web" not found'))],
      },
    });
    const heads = [release('3', minutesAgo(32)), release('2', minutesAgo(600), { status: 'superseded' })];

    const { causes } = diagnose(someData({ objects: all, heads }));

    expect(causes[0]?.changes.map(({ what }) => what)).toEqual(['Helm release web revision 3, deployed']);
  });
});
