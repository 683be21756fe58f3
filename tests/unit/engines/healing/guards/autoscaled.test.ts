import { describe, expect, it } from 'vitest';
import { autoscaled } from '../../../../../src/engines/healing/guards/autoscaled.ts';
import type { KubernetesObject } from '../../../../../src/engines/objects.ts';
import { anAutoscaler } from '../../../../support/autoscalers.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aSituation,
  resize,
  restart,
  saidBy,
  scale,
} from '../../../../support/healing.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const { target } = aLiveDeployment();
const custom = (kind: string, spec: object): KubernetesObject & { spec: object } => ({
  ...aBareObject(kind),
  metadata: { name: 'web', namespace: 'shop' },
  spec,
});
const scaled = (replicas: number, object: KubernetesObject, from = target) =>
  saidBy(autoscaled, aDraft(scale(web, replicas), from), aSituation({ target: from, objects: [from, object] }));
const by = (name: string) => ({
  type: 'Resource',
  resource: { name, target: { type: 'Utilization', averageUtilization: 80 } },
});
const [byCpu, byMemory] = [by('cpu'), by('memory')];
const resized = (object: KubernetesObject, amounts: Parameters<typeof resize>[1]) =>
  saidBy(autoscaled, aDraft(resize(web, amounts), target), aSituation({ objects: [target, object] }));

describe('G18, autoscalers', () => {
  it('refuses to scale what an HPA scales, and names its bounds', () => {
    expect(scaled(5, anAutoscaler('web', {}, { spec: { minReplicas: 2 } }))).toBe(
      'refuse: HorizontalPodAutoscaler/web sets the replicas of Deployment/web, from 2 to 3. Instead: change minReplicas or maxReplicas of HorizontalPodAutoscaler/web',
    );
  });

  it('allows to scale what no HPA scales', () => {
    const other = anAutoscaler('pay', {}, { spec: { scaleTargetRef: { kind: 'Deployment', name: 'pay' } } });

    expect(scaled(5, other)).toBe('allow: No autoscaler sets the replicas of Deployment/web.');
  });

  it('asks before it wakes what was scaled to 0, which an HPA leaves alone', () => {
    const asleep = aLiveDeployment({ replicas: 0 }).target;

    expect(scaled(2, anAutoscaler('web'), asleep)).toContain(
      'approve: HorizontalPodAutoscaler/web leaves Deployment/web alone at 0 replicas, and takes over from 2.',
    );
    expect(scaled(3, anAutoscaler('web'), asleep)).toContain('approve: ');
    expect(scaled(4, anAutoscaler('web'), asleep)).toContain('refuse: ');
    expect(scaled(1, anAutoscaler('web'), asleep)).toContain('approve: ');
    expect(scaled(1, anAutoscaler('web', {}, { spec: { minReplicas: 2 } }), asleep)).toContain('refuse: ');
  });

  it('refuses to scale what KEDA scales', () => {
    const keda = custom('ScaledObject', { scaleTargetRef: { name: 'web' }, maxReplicaCount: 9 });

    expect(scaled(5, keda)).toBe(
      'refuse: ScaledObject/web sets the replicas of Deployment/web, from 0 to 9. Instead: change minReplicaCount or maxReplicaCount of ScaledObject/web',
    );
  });

  it('refuses to resize what a VPA sets, and allows what it leaves alone', () => {
    const vpa = (more: object) =>
      custom('VerticalPodAutoscaler', { targetRef: { kind: 'Deployment', name: 'web' }, ...more });
    const cpuOnly = { resourcePolicy: { containerPolicies: [{ containerName: '*', controlledResources: ['cpu'] }] } };

    expect(resized(vpa({}), { limits: { memory: '1Gi' } })).toBe(
      'refuse: VerticalPodAutoscaler/web sets the memory of container app of Deployment/web. Instead: change minAllowed or maxAllowed of VerticalPodAutoscaler/web',
    );
    expect(resized(vpa({ updatePolicy: { updateMode: 'Off' } }), { limits: { memory: '1Gi' } })).toContain('allow: ');
    expect(resized(vpa(cpuOnly), { limits: { memory: '1Gi' } })).toContain('allow: ');
    expect(resized(vpa(cpuOnly), { requests: { cpu: '1' } })).toContain('refuse: ');
  });

  it('asks before it changes the requests that an HPA measures by', () => {
    expect(resized(anAutoscaler('web'), { requests: { cpu: '300m' } })).toContain(
      'approve: HorizontalPodAutoscaler/web scales Deployment/web by its use in percent',
    );
    expect(resized(anAutoscaler('web'), { requests: { memory: '300Mi' } })).toContain('allow: ');
    expect(resized(anAutoscaler('web'), { limits: { cpu: '1' } })).toContain('allow: ');
    expect(
      resized(anAutoscaler('web', {}, { spec: { metrics: [byMemory, byCpu] } }), { requests: { cpu: '1' } }),
    ).toContain('approve: ');
  });

  it('says so when autoscalers were not read, also of a bare object', () => {
    const bare = aBareObject('Deployment');
    const situation = aSituation({ target: bare, complete: [] });

    expect(saidBy(autoscaled, aDraft(scale(web, 4), bare), situation)).toContain(
      'approve: HorizontalPodAutoscalers were not read',
    );
    expect(saidBy(autoscaled, aDraft(restart(web), bare), situation)).toBe('nothing');
  });
});
