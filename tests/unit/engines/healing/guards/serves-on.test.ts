import { describe, expect, it } from 'vitest';
import { servesOn } from '../../../../../src/engines/healing/guards/serves-on.ts';
import { aContainer, anObject, aPod, crashed, ownedBy } from '../../../../support/builders.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aLiveSet,
  aSituation,
  live,
  resize,
  restart,
  rollback,
  saidBy,
  scale,
} from '../../../../support/healing.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
type Fields = Parameters<typeof aLiveDeployment>[0];
const restarted = (fields: Fields, objects: Parameters<typeof aSituation>[0] = {}) => {
  const { target, all } = aLiveDeployment(fields);
  return saidBy(servesOn, aDraft(restart(web), target), aSituation({ target, objects: all, ...objects }));
};
const recreate = { spec: { strategy: { type: 'Recreate' } } };
const noSurge = { spec: { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } } };

describe('G31, serves on', () => {
  it('allows a restart that leaves a Ready pod', () => {
    expect(restarted({ replicas: 2 })).toContain('allow: Deployment/web has 2 Ready pods');
    expect(restarted({ replicas: 2, ...noSurge })).toContain('allow: ');
  });

  it('allows one of a single pod where the next one comes first', () => {
    expect(restarted({ replicas: 1 })).toContain('allow: ');
  });

  it('refuses where the single pod goes first', () => {
    expect(restarted({ replicas: 1, ...noSurge })).toBe(
      'refuse: Deployment/web has 1 Ready pod, and maxUnavailable lets 1 go at once, so nothing would serve for a moment. Instead: scale up to 2 or more first',
    );
  });

  it('refuses where no node has room for the next one', () => {
    const full = aPod('full', { spec: { containers: [{ name: 'app', resources: { requests: { cpu: '4' } } }] } });
    const pod = { containers: [aContainer('app', { resources: { requests: { cpu: '500m' } } })] };
    const { target, all } = aLiveDeployment({ replicas: 1, pod });

    expect(saidBy(servesOn, aDraft(restart(web), target), aSituation({ target, objects: [...all, full] }))).toContain(
      'refuse: No node has room for one more pod of Deployment/web',
    );
  });

  it('refuses Recreate, and asks where it mends something', () => {
    const { target, all } = aLiveDeployment(recreate);

    expect(restarted(recreate)).toContain(
      'refuse: Deployment/web has the strategy Recreate, by which 3 Ready pods would go',
    );
    expect(saidBy(servesOn, aDraft(rollback(web), target), aSituation({ target, objects: all }))).toContain(
      'approve: Deployment/web has the strategy Recreate',
    );
  });

  it('allows whatever has no Ready pod to lose', () => {
    expect(restarted({ ...recreate, pod: { containers: [aContainer('app', crashed({ exitCode: 1 }))] } })).toBe(
      'allow: No pod of Deployment/web is Ready, so nothing is lost.',
    );
  });

  it('wants two pods of a StatefulSet, and of a DaemonSet unless it brings the next pod first', () => {
    const { target, all } = aLiveSet({ replicas: 1 });
    const daemon = (updateStrategy: object) => {
      const set = anObject('DaemonSet', 'agent', { metadata: live(), spec: { updateStrategy } });
      const pod = aPod('agent-1', { metadata: ownedBy(set) });
      return saidBy(servesOn, aDraft(restart(web), set), aSituation({ target: set, objects: [set, pod] }));
    };

    expect(saidBy(servesOn, aDraft(restart(web), target), aSituation({ target, objects: all }))).toContain(
      'refuse: StatefulSet/db has 1 Ready pod, which goes before the next one comes',
    );
    expect(daemon({})).toContain('refuse: ');
    expect(daemon({ rollingUpdate: { maxSurge: 1 } })).toContain('allow: ');
  });

  it('asks before the only Ready pod restarts to grow in place', () => {
    const resizePolicy = [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }];
    const grown = (replicas: number, amounts: Parameters<typeof resize>[1]) => {
      const { all, pods } = aLiveDeployment({ replicas, pod: { containers: [aContainer('app', { resizePolicy })] } });
      const target = pods[0] ?? aPod('none');
      return saidBy(servesOn, aDraft(resize(web, amounts), target), aSituation({ target, objects: all }));
    };

    expect(grown(1, { limits: { memory: '1Gi' } })).toBe(
      'approve: Container app of Pod/web-5d8f-0 restarts when its memory changes, so nothing serves for a moment.',
    );
    expect(grown(2, { limits: { memory: '1Gi' } })).toContain('allow: ');
    expect(grown(1, { limits: { cpu: '1' } })).toBe('allow: Container app of Pod/web-5d8f-0 keeps running.');
  });

  it('asks when no pod was read, also of a bare object, and leaves replicas alone', () => {
    const bare = aBareObject('Deployment');

    expect(saidBy(servesOn, aDraft(restart(web), bare), aSituation({ target: bare }))).toContain(
      'approve: No pod of Deployment/bare was read',
    );
    expect(saidBy(servesOn, aDraft(scale(web, 2), bare), aSituation({ target: bare }))).toBe('nothing');
  });
});
