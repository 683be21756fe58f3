import { describe, expect, it } from 'vitest';
import { draftScale, replicasOf } from '../../../../../src/engines/healing/drafts/scale.ts';
import type { KubernetesObject } from '../../../../../src/engines/objects.ts';
import { aPod } from '../../../../support/builders.ts';
import { aBareObject, aLiveDeployment } from '../../../../support/healing.ts';
import { aMaterial, draftIn, whyNot } from '../../../../support/materials.ts';

const scaled = (target: KubernetesObject, replicas: number) =>
  draftScale({ name: 'scale_workload', target: { kind: target.kind, name: 'web' }, replicas }, aMaterial(target));
const rollout = { ...aBareObject('Rollout', 'web'), spec: { replicas: 2 } } as KubernetesObject;

describe('a scale', () => {
  it('patches what is built in, so that the annotation goes with it', () => {
    const draft = draftIn(scaled(aLiveDeployment().target, 5));

    expect(draft.operations).toMatchObject([{ verb: 'patch', steps: [{ path: '/spec/replicas', value: 5 }] }]);
    expect(draft.inverse).toMatchObject([{ verb: 'patch', steps: [{ path: '/spec/replicas', value: 3 }] }]);
    expect(draft.verification).toMatchObject({ by: 'replicas', expects: 'Deployment/web has 5 ready replicas' });
  });

  it('goes through the subresource for every other kind', () => {
    const draft = draftIn(scaled(rollout, 3));

    expect(draft.operations).toMatchObject([{ verb: 'scale', replicas: 3 }]);
    expect(draft.inverse).toMatchObject([{ verb: 'scale', replicas: 2 }]);
  });

  it('is impossible to the count that is there, and for what has none', () => {
    expect(whyNot(scaled(rollout, 2))).toBe('Rollout/web has 2 replicas already. Nothing has to be done.');
    expect(whyNot(scaled(aBareObject('Service', 'web'), 2))).toBe(
      'G2: Service/web has no spec.replicas, so it cannot be scaled. Name a Deployment, a StatefulSet, or another kind with a scale subresource.',
    );
    expect(whyNot(scaled(aBareObject('DaemonSet', 'web'), 2))).toBe(
      'G2: A DaemonSet has no replicas that could be set. It has one pod on each node that fits.',
    );
    expect(whyNot(scaled(aPod('web'), 2))).toBe(
      'G2: A Pod has no replicas that could be set. Scale the workload that owns it.',
    );
  });
});

describe('the replicas of an object', () => {
  it('are known only where they are a number', () => {
    expect([{ spec: { replicas: 0 } }, { spec: { replicas: '2' } }, { spec: null }, {}].map(replicasOf)).toEqual([
      0,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
