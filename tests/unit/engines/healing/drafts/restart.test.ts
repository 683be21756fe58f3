import { describe, expect, it } from 'vitest';
import { draftRestart } from '../../../../../src/engines/healing/drafts/restart.ts';
import { aPod, now } from '../../../../support/builders.ts';
import { aBareObject, aLiveDeployment } from '../../../../support/healing.ts';
import { aMaterial, draftIn, whyNot } from '../../../../support/materials.ts';

const target = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const action = { name: 'restart_workload', target } as const;
const annotated = (restartedAt: string) =>
  aLiveDeployment({ pod: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': restartedAt } } } }).target;

describe('a restart', () => {
  it('sets when it was planned, as kubectl does', () => {
    const draft = draftIn(draftRestart(action, aMaterial(annotated('before'))));

    expect(draft.operations).toMatchObject([
      {
        verb: 'patch',
        steps: [{ op: 'replace', path: expect.stringContaining('kubectl.kubernetes.io~1restartedAt'), value: now }],
      },
    ]);
    expect(draft.inverse).toMatchObject([{ verb: 'patch', steps: [{ op: 'replace', value: 'before' }] }]);
  });

  it('adds the annotations where there are none, and takes them away again', () => {
    const draft = draftIn(draftRestart(action, aMaterial(aLiveDeployment().target)));

    expect(draft.inverse).toMatchObject([{ steps: [{ op: 'remove' }] }]);
    expect(draft.verification.expects).toBe('every pod of Deployment/web is replaced and ready');
  });

  it('has a pod tried of the template that there is: quota and admission may have changed', () => {
    const { target: web } = aLiveDeployment();

    expect(draftIn(draftRestart(action, aMaterial(web))).template).toEqual(web.spec?.template);
  });

  it('is the same when it is worked out again', () => {
    const material = aMaterial(aLiveDeployment().target);

    expect(draftRestart(action, material)).toEqual(draftRestart(action, material));
  });

  it('is impossible at the moment of the last one, and for what has no rollout', () => {
    expect(whyNot(draftRestart(action, aMaterial(annotated(now))))).toContain('was restarted at this very moment');
    expect(whyNot(draftRestart(action, aMaterial(aPod('web-1'))))).toBe(
      'G2: A Pod has no rolling restart. evict_pod replaces one pod of a workload.',
    );
    expect(whyNot(draftRestart(action, aMaterial(aBareObject('Job'))))).toBe(
      'G2: A Job has no rolling restart. Name a Deployment, StatefulSet or DaemonSet.',
    );
  });
});
