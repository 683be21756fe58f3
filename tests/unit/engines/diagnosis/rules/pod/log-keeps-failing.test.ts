import { logKeepsFailing } from '../../../../../../src/engines/diagnosis/rules/pod/log-keeps-failing.ts';
import { aContainer, anObject, aPod, aSnapshot } from '../../../../../support/builders.ts';
import { again, aSteadyLog, complains } from '../../../../../support/complaining-pod.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const own = 'ERROR unhandled exception computing the total: TypeError';
const asked = (lines: readonly string[], { ago = 0, objects = [] as readonly object[] } = {}) =>
  aSnapshot({
    scope: { namespace: 'shop', object: { kind: 'Pod', namespace: 'shop', name: 'api' } },
    objects: [aPod('api'), ...objects] as never,
    logs: [aSteadyLog(lines, { ago })],
    complete: ['Service', 'EndpointSlice'],
  });

testRule(logKeepsFailing, {
  silent: {
    'a name that stayed as it stands in the pod, which another rule tells': aSnapshot({
      scope: { namespace: 'shop', object: { kind: 'Pod', namespace: 'shop', name: 'api' } },
      objects: [aPod('api', { containers: [aContainer('app', { args: ['wget $(API_HOST)'] })] })],
      logs: [aSteadyLog(again(["wget: bad address '$(API_HOST)'"]))],
      complete: ['Service', 'EndpointSlice'],
    }),
    'a pod that nobody asks about': complains(again(['ERROR order 42 has no tenant, skipped'])),
    'a mistake that a few requests meet': complains(again([own, ...again(['INFO served'], 9)], 10)),
    'a call that failed, as a browser says it': complains(again(['ERROR TypeError: fetch failed'])),
    'an error that work followed': asked([...again([own]), ...again(['INFO served'], 3)]),
    'a known fault that another rule tells': asked(again(['ERROR pq: relation "items" does not exist'])),
    'a call to a Service that another rule tells': asked(again(['ERROR GET http://stock/: 503 Service Unavailable']), {
      objects: [anObject('Service', 'stock', { spec: { clusterIP: '10.96.0.7' } })],
    }),
    'a refusal of the API server': asked(
      again(['ERROR User "system:serviceaccount:shop:api" cannot list resource "pods" in API group ""']),
    ),
    'a pod without a log': aSnapshot({
      scope: { namespace: 'shop', object: { kind: 'Pod', namespace: 'shop', name: 'api' } },
      objects: [aPod('api')],
    }),
  },
  speaks: {
    'of an error of its own': [
      asked(again(['INFO got an order', own])),
      {
        object: 'Pod/api',
        problem: 'is ready, but its log keeps saying: unhandled exception computing the total: TypeError',
        certainty: 'inferred',
        evidence: ['unhandled exception', 'said so 20 times'],
      },
    ],
    'of a mistake of the program, also when nobody asks about it': [
      complains(again(['INFO got an order', 'INFO has stock', own])),
      {
        object: 'Pod/api',
        problem: 'is ready, but its log keeps saying: unhandled exception computing the total: TypeError',
        certainty: 'inferred',
        evidence: ['unhandled exception', 'said so 20 times'],
      },
    ],
    'of a mistake in a log without levels': [
      complains(again(['Run 1 succeeded', 'Run 2 succeeded', 'Run 3 failed with error: division by zero'])),
      { object: 'Pod/api', problem: 'keeps saying: Run <n> failed with error: division by zero' },
    ],
    'of a call that names nothing': [
      asked(again(['ERROR Processing failed: Request timed out'])),
      { object: 'Pod/api', problem: 'keeps saying: Processing failed: Request timed out' },
    ],
    'of the last words before a silence, with less certainty': [
      asked(again([own]), { ago: 600 }),
      {
        object: 'Pod/api',
        problem: 'is ready, but its log ends with: unhandled exception',
        certainty: 'correlated',
        evidence: ['next to nothing since'],
      },
    ],
  },
});
