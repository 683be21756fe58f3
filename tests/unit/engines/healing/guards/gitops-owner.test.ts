import { describe, expect, it } from 'vitest';
import { gitopsOwner } from '../../../../../src/engines/healing/guards/gitops-owner.ts';
import { anObject, aPod, ownedBy } from '../../../../support/builders.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aSituation,
  evict,
  live,
  restart,
  saidBy,
  scale,
} from '../../../../support/healing.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const saidOf = (metadata: object, tier: 'approve' | 'unattended' = 'approve') => {
  const { target } = aLiveDeployment({ metadata });
  return saidBy(gitopsOwner, aDraft(scale(web, 4), target), aSituation({ target, tier }));
};
const argo = { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/web' } };
const flux = {
  labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' },
};
const helm = { annotations: { 'meta.helm.sh/release-name': 'web' } };
const writtenBy = (manager: string) => ({ managedFields: [{ manager, operation: 'Apply' }] });

describe('G16, owners from elsewhere', () => {
  it('says that Argo CD will revert it, and refuses to do it alone', () => {
    expect(saidOf(argo)).toBe(
      'approve: Argo CD (Application argocd/shop) owns Deployment/web and will revert spec.replicas: change it where it comes from as well.',
    );
    expect(saidOf(argo, 'unattended')).toBe(
      'refuse: Argo CD (Application argocd/shop) owns Deployment/web and will revert spec.replicas. Instead: change it where it comes from: spec.replicas 3 → 4',
    );
  });

  it('knows Flux by its labels, and others by their field managers', () => {
    expect(saidOf(flux)).toContain('Flux (Kustomization flux-system/apps) owns Deployment/web');
    expect(saidOf(writtenBy('argocd-controller'))).toContain('Argo CD owns Deployment/web');
    expect(saidOf(writtenBy('kustomize-controller'))).toContain('Flux owns Deployment/web');
    expect(saidOf({ ...helm, ...writtenBy('helm-controller') }, 'unattended')).toContain('refuse: Flux owns');
  });

  it('only asks where a person upgrades a Helm release', () => {
    expect(saidOf(helm, 'unattended')).toBe(
      'approve: Helm release web delivers Deployment/web: its next upgrade will revert spec.replicas, unless the chart is changed.',
    );
    expect(saidOf({ ...helm, ...writtenBy('helm') }, 'unattended')).toContain('approve: Helm release web');
    expect(saidOf(writtenBy('helm'), 'unattended')).toContain('approve: Helm delivers');
  });

  it('knows an operator by the owner reference', () => {
    const owner = { ...aBareObject('Prometheus', 'main'), metadata: { name: 'main', uid: 'u' } };

    expect(saidOf(ownedBy(owner))).toContain('approve: Prometheus/main owns Deployment/web and will revert');
    expect(saidOf(ownedBy(owner), 'unattended')).toContain('refuse: ');
  });

  it('takes the controller among several owners, and any owner without one', () => {
    const of = (name: string, controller?: boolean) => ({ apiVersion: 'v1', kind: 'App', name, uid: name, controller });

    expect(saidOf({ ownerReferences: [of('tenant'), of('main', true)] })).toContain('approve: App/main owns');
    expect(saidOf({ ownerReferences: [of('tenant'), of('other')] })).toContain('approve: App/tenant owns');
  });

  it('names Flux where Flux delivers a Helm release', () => {
    expect(saidOf({ ...flux, ...helm }, 'unattended')).toContain('refuse: Flux (Kustomization flux-system/apps) owns');
  });

  it('refuses what a workload of Kubernetes owns, and names that', () => {
    const { deployment } = aLiveDeployment();
    const replicaSet = anObject('ReplicaSet', 'web-1', { metadata: live(ownedBy(deployment)) });

    expect(saidBy(gitopsOwner, aDraft(scale(web, 2), replicaSet), aSituation({ target: replicaSet }))).toBe(
      'refuse: Deployment/web owns ReplicaSet/web-1 and sets it again at once. Instead: act on Deployment/web',
    );
  });

  it('has nothing to say of what only people write, of evictions and of bare objects', () => {
    const pod = aPod('web-1', { metadata: { ...live(), ...argo } });
    const bare = aBareObject('Deployment');

    expect(saidOf(writtenBy('kubectl-edit'))).toBe('nothing');
    expect(saidBy(gitopsOwner, aDraft(evict(web), pod), aSituation({ target: pod }))).toBe('nothing');
    expect(saidBy(gitopsOwner, aDraft(restart(web), bare), aSituation({ target: bare }))).toBe('nothing');
  });
});
