import { describe, expect, it } from 'vitest';
import { draftEvict } from '../../../../../src/engines/healing/drafts/evict.ts';
import type { KubernetesObject } from '../../../../../src/engines/objects.ts';
import { aPod } from '../../../../support/builders.ts';
import { aLiveDeployment } from '../../../../support/healing.ts';
import { aMaterial, draftIn, whyNot } from '../../../../support/materials.ts';

const web = aLiveDeployment();
const evicted = (pod: KubernetesObject, objects: readonly KubernetesObject[] = [pod]) =>
  draftEvict(
    { name: 'evict_pod', target: { kind: 'Pod', namespace: 'shop', name: pod.metadata.name } },
    aMaterial(pod, { objects }),
  );

describe('an eviction', () => {
  it('has no way back, says so, and is verified by the workload', () => {
    const [pod] = web.pods;
    const draft = draftIn(evicted(pod ?? aPod('none'), web.all));

    expect(draft).toMatchObject({
      operations: [{ verb: 'evict', on: { object: { name: 'web-5d8f-0' } } }],
      inverse: [],
      irreversible: 'the pod is gone then; its controller makes another one',
      verification: { by: 'pod_replaced', watches: { kind: 'Deployment', name: 'web' } },
    });
  });

  it('of a leftover waits for no successor', () => {
    const draft = draftIn(evicted(aPod('old', { status: { phase: 'Failed' } })));

    expect(draft.verification).not.toHaveProperty('watches');
    expect(draft.changes).toMatchObject([{ before: 'Failed', after: 'removed' }]);
  });

  it('of a bare pod watches nothing', () => {
    expect(draftIn(evicted(aPod('bare'))).verification).not.toHaveProperty('watches');
  });

  it('is impossible for what is leaving, was not read, or is no pod', () => {
    expect(whyNot(evicted(aPod('web', { metadata: { deletionTimestamp: '2026-11-23T12:00:00Z' } })))).toContain(
      'being terminated already',
    );
    expect(whyNot(evicted(aPod('web'), []))).toContain('is no pod that could be read');
    expect(whyNot(evicted(web.target))).toContain('is no pod that could be read');
  });
});
