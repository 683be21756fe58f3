import { describe, expect, it } from 'vitest';
import type { Action } from '../../../../src/engines/healing/action.ts';
import { draftOf } from '../../../../src/engines/healing/draft-of.ts';
import { aBareObject, aLiveDeployment } from '../../../support/healing.ts';
import { aMaterial, whyNot } from '../../../support/materials.ts';

const target = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const actions: readonly (readonly [Action, string])[] = [
  [{ name: 'restart_workload', target }, 'it is possible'],
  [{ name: 'scale_workload', target, replicas: 3 }, 'has 3 replicas already'],
  [{ name: 'rollback_workload', target }, 'no revision of its present template'],
  [{ name: 'resize_workload', target, container: 'app' }, 'Neither a request nor a limit'],
  [{ name: 'set_image', target, container: 'none', image: 'x' }, 'has no container none'],
  [{ name: 'evict_pod', target }, 'is no pod'],
  [{ name: 'cordon_node', target, uncordon: false }, 'is no node'],
  [{ name: 'drain_node', target }, 'is no node'],
  [{ name: 'undo_action', target, action_id: 'a1' }, 'There is no action a1'],
];

describe('an action', () => {
  it.each(actions)('%o is worked out by its own draft', (action, expected) => {
    expect(whyNot(draftOf(action, aMaterial(aLiveDeployment().target)))).toContain(expected);
  });

  it.each([
    ['ConfigMap', 'G38: ConfigMap/bare is configuration, which is never edited. Edit it where it comes from'],
    ['Secret', 'G38: Secret/bare is configuration'],
    ['PersistentVolumeClaim', 'G13: Nothing is ever written to PersistentVolumeClaim/bare. A person who knows'],
    ['ValidatingWebhookConfiguration', 'G13: '],
  ])('on a %s is none, whatever it is', (kind, expected) => {
    const object = aBareObject(kind);
    const ref = { kind, namespace: 'shop', name: 'bare' };

    expect(whyNot(draftOf({ name: 'evict_pod', target: ref }, aMaterial(object)))).toContain(expected);
    expect(whyNot(draftOf({ name: 'scale_workload', target: ref, replicas: 0 }, aMaterial(object)))).toContain(
      expected,
    );
  });
});
