import { containerRuntimeStuck } from '../../../../../../src/engines/diagnosis/rules/node/container-runtime-stuck.ts';
import { aContainer, anEvent, aPod, aSnapshot, minutesAgo, waiting } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const pod = (reason: string, message = '', minutes = 10) =>
  aPod('books', {
    containers: [aContainer('app', waiting(reason, message))],
    status: {
      phase: 'Pending',
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(minutes) }],
    },
  });
const reserved = 'failed to reserve container name "app_books_shop_0": name "app_books_shop_0" is reserved for "ab12"';
const creating = pod('ContainerCreating');
const sandbox = (message: string) => anEvent(creating, 'FailedCreatePodSandBox', message, { count: 5 });

testRule(containerRuntimeStuck, {
  silent: {
    'a limit in which nothing starts': aSnapshot({
      objects: [
        creating,
        sandbox(
          'failed to create shim task: OCI runtime create failed: container init was OOM-killed (memory limit too low?)',
        ),
      ],
    }),
    'a first attempt': aSnapshot({ objects: [pod('CreateContainerError', reserved, 0.5)] }),
    'another error': aSnapshot({ objects: [pod('CreateContainerError', 'executable file not found in $PATH')] }),
    'a network that fails': aSnapshot({
      objects: [
        creating,
        sandbox(
          'failed to setup network for sandbox "a": plugin type="calico" failed (add): context deadline exceeded',
        ),
      ],
    }),
    'a pod that runs': aSnapshot({ objects: [aPod('books')] }),
  },
  speaks: {
    'of a name that is still taken': [
      aSnapshot({ objects: [pod('CreateContainerError', reserved)] }),
      {
        object: 'Pod/books',
        problem: 'the container runtime of Node/node-1 hangs or is too slow',
        culprit: 'Node/node-1',
        certainty: 'message',
        evidence: ['CreateContainerError: failed to reserve container name'],
        fix: 'kubectl cordon node-1',
      },
    ],
    'of a sandbox that is not made in time': [
      aSnapshot({
        objects: [
          creating,
          sandbox('Failed to create pod sandbox: rpc error: code = DeadlineExceeded desc = context deadline exceeded'),
        ],
      }),
      { object: 'Pod/books', evidence: ['FailedCreatePodSandBox'] },
    ],
  },
});
