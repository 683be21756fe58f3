import { describe, expect, it } from 'vitest';
import { suspendedAutomation } from '../../../../../src/engines/healing/guards/suspended-automation.ts';
import { aBareObject, aDraft, aLiveDeployment, aSituation, restart, saidBy } from '../../../../support/healing.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const flux = { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' };
const argo = { 'argocd.argoproj.io/instance': 'shop' };
const anOwner = (kind: string, namespace: string, name: string, spec?: object) => ({
  ...aBareObject(kind),
  metadata: { name, namespace },
  ...(spec !== undefined && { spec }),
});
const saidOf = (metadata: object, ...objects: ReturnType<typeof anOwner>[]) => {
  const { target } = aLiveDeployment({ metadata });
  return saidBy(
    suspendedAutomation,
    aDraft(restart(web), target),
    aSituation({ target, objects: [target, ...objects] }),
  );
};

describe('G17, suspended automation', () => {
  it('asks while the Kustomization is suspended, and has nothing to add while it is not', () => {
    const kustomization = (suspend: boolean) => anOwner('Kustomization', 'flux-system', 'apps', { suspend });

    expect(saidOf({ labels: flux }, kustomization(true))).toBe(
      'approve: Kustomization/apps is suspended for Deployment/web: its next sync will revert the change.',
    );
    expect(saidOf({ labels: flux }, kustomization(false))).toBe('nothing');
  });

  it('takes an Application without automated sync for suspended', () => {
    const manual = anOwner('Application', 'argocd', 'shop', { syncPolicy: {} });
    const automated = anOwner('Application', 'argocd', 'shop', { syncPolicy: { automated: {} } });

    expect(saidOf({ labels: argo }, manual)).toContain('approve: Application/shop is suspended');
    expect(saidOf({ labels: argo }, automated)).toBe('nothing');
  });

  it.each([
    ['kustomize.toolkit.fluxcd.io/reconcile', 'disabled', 'Flux'],
    ['argocd.argoproj.io/skip-reconcile', 'true', 'Argo CD'],
    ['autoscaling.keda.sh/paused-replicas', '2', 'KEDA'],
  ])('asks when the object says %s', (annotation, value, who) => {
    expect(saidOf({ annotations: { [annotation]: value } })).toContain(`approve: ${who} is suspended`);
  });

  it('has nothing to say of a bare object, nor of an owner of which only the name was read', () => {
    const bare = aBareObject('Deployment');

    expect(saidOf({ labels: argo }, anOwner('Application', 'argocd', 'shop'))).toBe('nothing');
    expect(saidBy(suspendedAutomation, aDraft(restart(web), bare), aSituation({ target: bare }))).toBe('nothing');
  });
});
