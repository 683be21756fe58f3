import { describe, expect, it } from 'vitest';
import { type Operation, preconditionOf } from '../../../../src/engines/healing/action.ts';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import type { Writer } from '../../../../src/kubernetes/ports.ts';
import { AppError } from '../../../../src/platform/errors.ts';
import { sendFirst } from '../../../../src/tools/mend/send-first.ts';
import { aNode } from '../../../support/nodes.ts';

const moved = new AppError('conflict', 'It has changed.');
const node = (resourceVersion: string, fields: object = {}): KubernetesObject => {
  const made = aNode('node-1');
  return { ...made, metadata: { ...made.metadata, uid: 'u1', resourceVersion }, ...fields };
};

/** An API server at which the node is at these states, one after the other; it takes a write for the one it is at. */
async function sent(states: readonly KubernetesObject[]) {
  const seen = states[0] as KubernetesObject;
  const tried: string[] = [];
  const later = states.slice(1);
  const writer = {
    apply: async ({ on }: Operation) => {
      tried.push(on.resourceVersion);
      if (later.length > 0) throw moved;
      return node('written');
    },
    current: async () => later.shift(),
  } as unknown as Writer;
  const operation: Operation = {
    verb: 'patch',
    on: preconditionOf(seen),
    steps: [{ op: 'add', path: '/spec/unschedulable', value: true }],
  };
  const signal = AbortSignal.timeout(5_000);
  const clock = { now: () => 0, pause: async () => {} };
  const outcome = await sendFirst(operation, {
    actionId: 'a1',
    seen,
    writer,
    healing: { clock, audit: () => {} },
    signal,
  }).then(
    (live) => live?.metadata.resourceVersion,
    (error: unknown) => (error as AppError).code,
  );
  return { outcome, tried };
}

describe('the first write of an action', () => {
  it('is bound to the state that was judged', async () => {
    expect(await sent([node('7')])).toEqual({ outcome: 'written', tried: ['7'] });
  });

  it('is bound to a later one in which only status and its writers differ', async () => {
    const later = node('8', { status: { conditions: [] } });
    const managed = { ...later, metadata: { ...later.metadata, managedFields: [{ manager: 'kubelet' }] } };

    expect(await sent([node('7'), managed])).toEqual({ outcome: 'written', tried: ['7', '8'] });
  });

  it('is a conflict when somebody changed the spec', async () => {
    expect(await sent([node('7'), node('8', { spec: { unschedulable: true } })])).toEqual({
      outcome: 'conflict',
      tried: ['7'],
    });
  });

  it('is a conflict when somebody annotated it', async () => {
    const later = node('8');
    const annotated = { ...later, metadata: { ...later.metadata, annotations: { 'kubemend.dev/heal': 'false' } } };

    expect(await sent([node('7'), annotated])).toEqual({ outcome: 'conflict', tried: ['7'] });
  });

  it('is a conflict when it was made anew', async () => {
    const later = node('8');
    const anew = { ...later, metadata: { ...later.metadata, uid: 'u2' } };

    expect(await sent([node('7'), anew])).toEqual({ outcome: 'conflict', tried: ['7'] });
  });

  it('is given up when status never rests', async () => {
    const states = ['7', '8', '9', '10', '11'].map((version) => node(version));

    expect(await sent(states)).toEqual({ outcome: 'conflict', tried: ['7', '8', '9'] });
  });
});
