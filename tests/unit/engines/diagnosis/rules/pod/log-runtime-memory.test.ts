import { logRuntimeMemory } from '../../../../../../src/engines/diagnosis/rules/pod/log-runtime-memory.ts';
import { aContainer, aLog, aPod, aSnapshot, crashed } from '../../../../../support/builders.ts';
import { again, complains } from '../../../../../support/complaining-pod.ts';
import { dies } from '../../../../../support/dying-pod.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

testRule(logRuntimeMemory, {
  silent: {
    'a ready pod that said so and went on': complains([
      'ERROR java.lang.OutOfMemoryError: Java heap space',
      ...again(['INFO served']),
    ]),
    'a healthy pod': aSnapshot({
      objects: [aPod('api')],
      logs: [aLog('api', ['java.lang.OutOfMemoryError: Java heap space'])],
    }),
    'a crash of another reason': dies(['ERROR order 42 has no tenant']),
    'threads, which Java calls memory': dies(['java.lang.OutOfMemoryError: unable to create native thread']),
    'a kill by the kernel': aSnapshot({
      objects: [aPod('api', { containers: [aContainer('app', crashed({ exitCode: 137, reason: 'OOMKilled' }))] })],
      logs: [aLog('api', ['java.lang.OutOfMemoryError: Java heap space'])],
    }),
  },
  speaks: {
    'of a ready pod that says so all the time': [
      complains(again(['INFO polling', 'ERROR java.lang.OutOfMemoryError: Java heap space'])),
      { object: 'Pod/api', problem: 'keeps saying: OutOfMemoryError: Java heap space', certainty: 'inferred' },
    ],
    'with the limit that the runtime was given, also when it aborts': [
      aSnapshot({
        objects: [
          aPod('api', {
            containers: [
              aContainer('app', {
                ...crashed({ exitCode: 134, reason: 'Error' }),
                env: [{ name: 'NODE_OPTIONS', value: '--max-old-space-size=256' }],
                resources: { limits: { memory: '1Gi' } },
              }),
            ],
          }),
        ],
        logs: [aLog('api', ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'])],
      }),
      {
        object: 'Pod/api',
        problem:
          'JavaScript heap out of memory (the heap is limited by --max-old-space-size=256; the memory limit is 1Gi)',
        certainty: 'message',
        fix: 'raise --max-old-space-size=256 of container app, within its memory limit of 1Gi',
      },
    ],
    'without a limit of its own': [
      dies(['Exception in thread "main" java.lang.OutOfMemoryError: Java heap space'], {
        resources: { limits: { memory: '1Gi' } },
      }),
      {
        object: 'Pod/api',
        problem: '(no heap limit is set; the memory limit is 1Gi)',
        fix: 'give the runtime of container app a larger heap, within its memory limit of 1Gi',
      },
    ],
    'of Python, without any limit': [
      dies(['Traceback (most recent call last):', '  File "/app/main.py", line 3, in load', 'MemoryError']),
      { object: 'Pod/api', problem: 'MemoryError (main.py:3)' },
    ],
  },
});
