import { describe, expect, it } from 'vitest';
import { creationFailures } from '../../../src/engines/admission.ts';
import { aDeployment, anEvent, anObject, aSnapshot, minutesAgo, ownedBy } from '../../support/builders.ts';

const words = 'exceeded quota: team, requested: pods=1, used: pods=2, limited: pods=2';
const refusal = `Error creating: pods "api-5d8f-x2abc" is forbidden: ${words}`;
const { deployment } = aDeployment('api', { replicas: 0, spec: { replicas: 3 } });
const replicaSet = (status?: object, more: object = {}) =>
  anObject('ReplicaSet', 'api-5d8f', { metadata: ownedBy(deployment), spec: { replicas: 3 }, status, ...more });
const lacking = replicaSet({ replicas: 2 });

const summary = (
  objects: readonly ReturnType<typeof anEvent>[] | readonly object[],
  complete: readonly string[] = [],
) =>
  creationFailures(aSnapshot({ objects: objects as never, complete })).map(
    ({ owner, reason, source }) => `${source} ${owner.kind}/${owner.name}: ${reason}`,
  );

describe('creationFailures', () => {
  it('names the outermost workload and the reason without the pod', () => {
    expect(summary([deployment, lacking, anEvent(lacking, 'FailedCreate', refusal)])).toEqual([
      `event Deployment/api: ${words}`,
    ]);
  });

  it('reads the condition when the events have expired', () => {
    const conditions = [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: refusal.slice(16) }];

    expect(summary([deployment, replicaSet({ replicas: 2, conditions })])).toEqual([`status Deployment/api: ${words}`]);
  });

  it('reads the condition of a Deployment whose ReplicaSets were not read', () => {
    const conditions = [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'no' }];
    const status = { replicas: 3, updatedReplicas: 0, conditions };

    expect(summary([{ ...deployment, status }])).toEqual(['status Deployment/api: no']);
  });

  it('lets a later event win over the message that the condition kept', () => {
    const conditions = [
      {
        type: 'ReplicaFailure',
        status: 'True',
        reason: 'FailedCreate',
        message: 'old',
        lastTransitionTime: minutesAgo(9),
      },
    ];
    const controller = replicaSet({ replicas: 0, conditions });

    const [failure, ...others] = creationFailures(
      aSnapshot({ objects: [deployment, controller, anEvent(controller, 'FailedCreate', 'Error creating: new')] }),
    );

    expect(others).toEqual([]);
    expect(failure).toMatchObject({ reason: 'new', at: minutesAgo(1), since: minutesAgo(20), source: 'event' });
  });

  it('knows of the Jobs that a CronJob may not create, until it has created one or is suspended', () => {
    const said = 'Error creating job: jobs.batch "sync-29928189" is forbidden: no';
    const cronJob = (spec: object = {}) => anObject('CronJob', 'sync', { spec, status: {} });
    const failed = anEvent(cronJob(), 'FailedCreate', said);
    const later = anObject('Job', 'sync-29928190', {
      metadata: { ...ownedBy(cronJob()), creationTimestamp: minutesAgo(0) },
    });

    const [failure] = creationFailures(aSnapshot({ objects: [cronJob(), failed] }));

    expect(failure).toMatchObject({ owner: { kind: 'CronJob', name: 'sync' }, refused: 'Job', reason: 'no' });
    expect(summary([cronJob(), failed, later])).toEqual([]);
    expect(summary([cronJob({ suspend: true }), failed])).toEqual([]);
  });

  it('understands combined events and StatefulSets', () => {
    const set = anObject('StatefulSet', 'db', { spec: { replicas: 1 }, status: { replicas: 0 } });
    const pod = 'create Pod db-0 in StatefulSet db failed error: pods "db-0" is forbidden: because';

    expect(summary([set, anEvent(set, 'FailedCreate', `(combined from similar events): ${pod}`)])).toEqual([
      'event StatefulSet/db: because',
    ]);
  });

  it('understands DaemonSets and Jobs', () => {
    const daemons = anObject('DaemonSet', 'agent', {
      status: { desiredNumberScheduled: 2, currentNumberScheduled: 1 },
    });
    const job = anObject('Job', 'load', { status: { active: 0 } });

    expect(
      summary([
        daemons,
        job,
        anEvent(daemons, 'FailedCreate', 'Error creating: a'),
        anEvent(job, 'FailedCreate', 'Error creating: b'),
      ]),
    ).toEqual(['event DaemonSet/agent: a', 'event Job/load: b']);
  });

  it.each([
    ['the replicas exist', [replicaSet({ replicas: 3 })]],
    ['nothing is wanted', [replicaSet({ replicas: 0 }, { spec: { replicas: 0 } })]],
    ['a pod was created since', [lacking, aPodOf(lacking, minutesAgo(0))]],
    [
      'the ReplicaSet was replaced by another of its name',
      [replicaSet({ replicas: 0 }, { metadata: { ...ownedBy(deployment), uid: 'another' } })],
    ],
  ])('forgets a failure when %s', (_, objects) => {
    expect(summary([deployment, ...objects, anEvent(lacking, 'FailedCreate', refusal)])).toEqual([]);
  });

  it('forgets a failure of a Job that has ended', () => {
    const job = anObject('Job', 'load', { status: { conditions: [{ type: 'Failed', status: 'True' }] } });

    expect(summary([job, anEvent(job, 'FailedCreate', refusal)])).toEqual([]);
  });

  it('forgets a failure of an object that is known not to exist', () => {
    expect(summary([anEvent(lacking, 'FailedCreate', refusal)], ['ReplicaSet'])).toEqual([]);
  });

  it('believes a recent event about an object that was not read, and not an old one', () => {
    const other = anObject('ReplicaSet', 'web-7f');

    expect(
      summary([
        anEvent(lacking, 'FailedCreate', refusal),
        anEvent(other, 'FailedCreate', refusal, { lastTimestamp: minutesAgo(30), firstTimestamp: minutesAgo(40) }),
      ]),
    ).toEqual([`event ReplicaSet/api-5d8f: ${words}`]);
  });
});

function aPodOf(owner: typeof lacking, creationTimestamp: string) {
  return anObject('Pod', 'api-5d8f-0', { metadata: { ...ownedBy(owner), creationTimestamp } });
}
