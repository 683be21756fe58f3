import { randomBytes } from 'node:crypto';
import type { Precondition } from '../../src/engines/healing/action.ts';
import type { ActionRecord } from '../../src/engines/healing/record.ts';
import { minutesAgo, now } from './builders.ts';

/** 26 random characters, as ids of actions are. */
export const anActionId = (): string => randomBytes(26).toString('hex').slice(0, 26);

export const aPrecondition = (fields: Partial<Precondition> = {}): Precondition => ({
  object: { kind: 'Deployment', namespace: 'shop', name: 'web' },
  apiVersion: 'apps/v1',
  uid: 'uid-web',
  resourceVersion: '7',
  generation: 3,
  ...fields,
});

/** A planned restart of `Deployment/web` in `shop`, made a minute ago. */
export function aRecord(fields: Partial<ActionRecord> = {}): ActionRecord {
  const target = fields.target ?? aPrecondition();
  return {
    id: anActionId(),
    cluster: 'test',
    caller: 'alice',
    action: { name: 'restart_workload', target: target.object },
    target,
    operations: [
      {
        verb: 'patch',
        on: target,
        steps: [{ op: 'add', path: '/spec/template/metadata/annotations', value: { restartedAt: now } }],
      },
    ],
    inverse: [],
    irreversible: 'Pods that are gone do not come back.',
    changes: [{ object: target.object, field: 'spec.template.metadata.annotations', after: now }],
    radius: { pods: 2, ready: 1, services: ['web'], routes: [], budgets: [] },
    verification: { expects: 'two pods are ready', by: 'rollout', holdSeconds: 120, deadlineSeconds: 600 },
    verdicts: [{ guard: 'G2', title: 'closed set', decision: 'refuse', reason: 'no', instead: 'scale it' }],
    finding: { rule: 'crash-app-error', object: target.object, summary: 'it crashes', confidence: 0.9 },
    digest: 'd'.repeat(64),
    causesBefore: [],
    state: 'planned',
    steps: [{ at: minutesAgo(1), state: 'planned', by: 'alice', text: 'planned' }],
    createdAt: minutesAgo(1),
    expiresAt: minutesAgo(-9),
    ...fields,
  };
}
