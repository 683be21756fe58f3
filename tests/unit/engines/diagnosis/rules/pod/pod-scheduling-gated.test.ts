import { podSchedulingGated } from '../../../../../../src/engines/diagnosis/rules/pod/pod-scheduling-gated.ts';
import { aPod, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const gated = (minutes: number, schedulingGates: readonly object[] = [{ name: 'queue.example/admission' }]) =>
  aPod('books', {
    spec: { nodeName: undefined, schedulingGates },
    status: {
      phase: 'Pending',
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'SchedulingGated',
          message: 'Scheduling is blocked due to non-empty scheduling gates',
          lastTransitionTime: minutesAgo(minutes),
        },
      ],
    },
  });

testRule(podSchedulingGated, {
  silent: {
    'a gate of this very moment': aSnapshot({ objects: [gated(0.1)] }),
    'gates that were lifted since': aSnapshot({ objects: [gated(5, [])] }),
    'a pod that runs': aSnapshot({ objects: [aPod('books')] }),
  },
  speaks: {
    'with the names of the gates': [
      aSnapshot({ objects: [gated(5)] }),
      {
        object: 'Pod/books',
        problem: 'spec.schedulingGates holds it back (queue.example/admission)',
        certainty: 'declared',
        fix: 'find the controller that owns the gate queue.example/admission',
      },
    ],
  },
});
