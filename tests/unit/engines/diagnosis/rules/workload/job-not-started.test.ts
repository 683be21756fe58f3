import { jobNotStarted } from '../../../../../../src/engines/diagnosis/rules/workload/job-not-started.ts';
import { anObject, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const aJob = (spec: object, status: object = {}, minutes = 20) =>
  anObject('Job', 'train', { metadata: { creationTimestamp: minutesAgo(minutes) }, spec, status });
const queue = { managedBy: 'kueue.x-k8s.io/multikueue' };
const asked = { scope: { namespace: 'shop', object: { kind: 'Job', namespace: 'shop', name: 'train' } } };

testRule(jobNotStarted, {
  silent: {
    'a Job that runs': aSnapshot({ objects: [aJob({ parallelism: 1 }, { active: 1 })] }),
    'a Job that is paused after some work': aSnapshot({ objects: [aJob({ parallelism: 0 }, { succeeded: 2 })] }),
    'a Job that waits in a queue': aSnapshot({ objects: [aJob({ ...queue, suspend: true })] }),
    'a Job that its own controller has started': aSnapshot({ objects: [aJob(queue, { startTime: minutesAgo(19) })] }),
    'a Job of this very moment': aSnapshot({ ...asked, objects: [aJob(queue, {}, 0.1)] }),
    'a Job that its own controller may still start': aSnapshot({ objects: [aJob(queue, {}, 5)] }),
    'a Job of the built-in controller': aSnapshot({
      ...asked,
      objects: [aJob({ managedBy: 'kubernetes.io/job-controller' })],
    }),
    'a Job that failed': aSnapshot({ objects: [aJob({ parallelism: 0 }, { conditions: [{ type: 'Failed' }] })] }),
    'a Job without a spec': aSnapshot({ objects: [anObject('Job', 'train')] }),
  },
  speaks: {
    'of a controller that does not do it': [
      aSnapshot({ objects: [aJob(queue)] }),
      {
        object: 'Job/train',
        problem: 'does not start: spec.managedBy leaves it to kueue.x-k8s.io/multikueue, which has not touched it',
        fix: 'install or mend the controller kueue.x-k8s.io/multikueue',
      },
    ],
    'of no pod at a time, to whoever asks': [
      aSnapshot({ ...asked, objects: [aJob({ parallelism: 0 }, { startTime: minutesAgo(1) }, 1)] }),
      { object: 'Job/train', problem: 'spec.parallelism is 0, so it may run no pod', fix: 'kubectl patch job/train' },
    ],
    'of no pod at a time, as a risk': [
      aSnapshot({ objects: [aJob({ parallelism: 0 })] }),
      { object: 'Job/train', problem: 'spec.parallelism is 0' },
    ],
  },
});
