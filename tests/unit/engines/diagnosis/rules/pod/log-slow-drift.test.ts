import { logSlowDrift } from '../../../../../../src/engines/diagnosis/rules/pod/log-slow-drift.ts';
import { aContainer, aPod, aSnapshot, crashed } from '../../../../../support/builders.ts';
import { again, aSteadyLog, complains } from '../../../../../support/complaining-pod.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const slower = Array.from({ length: 60 }, (_, index) => `INFO GET /items in ${20 + index * 10} ms`);

const waiting = Array.from({ length: 24 }, (_, index) => `queue_depth=${25 + index * 3}`);

testRule(logSlowDrift, {
  silent: {
    'a log that says the same all the time': complains(again(['INFO GET /items in 20 ms'], 60)),
    'a pod that crashes': aSnapshot({
      objects: [aPod('api', { containers: [aContainer('app', crashed({ exitCode: 1 }))] })],
      logs: [aSteadyLog(slower)],
    }),
    'a pod whose log was not read': aSnapshot({ objects: [aPod('api')] }),
    'a log that ended': complains(slower, {}, { ago: 200 }),
  },
  speaks: {
    'of work that waits more and more': [
      complains(waiting),
      {
        object: 'Pod/api',
        problem: 'falls behind: more comes in than it gets done, and queue_depth grows',
        certainty: 'inferred',
        evidence: ['queue_depth grew from 25 to 94', 'queue_depth=94'],
        fix: 'give Pod/api more replicas or workers',
      },
    ],
    'of work that takes longer and longer': [
      complains(slower),
      {
        object: 'Pod/api',
        problem: 'takes longer and longer, its log says: GET /items in <n> ms',
        certainty: 'inferred',
        evidence: ['90 ms at 2026-11-23T11:58:00Z, 540 ms at 2026-11-23T11:59:58Z', 'GET /items in 610 ms'],
      },
    ],
  },
});
