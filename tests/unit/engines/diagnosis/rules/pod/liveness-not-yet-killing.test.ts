import { livenessNotYetKilling } from '../../../../../../src/engines/diagnosis/rules/pod/liveness-not-yet-killing.ts';
import { aContainer, anEvent, aPod, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const probe = (more: object = {}) => ({ exec: { command: ['sh', '-c', 'exit 1'] }, periodSeconds: 5, ...more });
const web = (livenessProbe: object, more: object = {}) =>
  aPod('web', { containers: [aContainer('app', { livenessProbe, ...more })] });
const failing = (
  pod: ReturnType<typeof web>,
  event: object = {},
  { message = 'Liveness probe failed: ', asked = false } = {},
) =>
  aSnapshot({
    objects: [
      pod,
      anEvent(pod, 'Unhealthy', message, {
        involvedObject: {
          kind: 'Pod',
          namespace: 'shop',
          name: 'web',
          uid: pod.metadata.uid,
          fieldPath: 'spec.containers{app}',
        },
        count: 13,
        firstTimestamp: minutesAgo(1),
        lastTimestamp: minutesAgo(0),
        ...event,
      }),
    ],
    ...(asked && { scope: { namespace: 'shop', object: { kind: 'Pod', namespace: 'shop', name: 'web' } } }),
  });
const errored = (text: string) =>
  `(combined from similar events): Liveness probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to exec in container: ${text}`;
const patient = probe({ failureThreshold: 1000 });

testRule(livenessNotYetKilling, {
  silent: {
    'a few failures of an app that was busy': failing(web(patient), { count: 3 }),
    'failures with pauses between them': failing(web(patient), { firstTimestamp: minutesAgo(30) }),
    'failures that ended': failing(web(patient), { firstTimestamp: minutesAgo(3), lastTimestamp: minutesAgo(2) }),
    'failures of an instance before this one': failing(web(patient), { firstTimestamp: minutesAgo(90) }),
    'as many failures as are allowed: it is not the same instance': failing(web(probe())),
    'a command that a time-out ended': failing(web(probe()), {}, { message: errored('deadline exceeded') }),
    'a command that was missing in the instance before': failing(
      web(probe()),
      { firstTimestamp: minutesAgo(40), lastTimestamp: minutesAgo(30) },
      { message: errored('exec: "curl": executable file not found in $PATH') },
    ),
    'another probe': failing(web(patient), {}, { message: 'Readiness probe failed: ' }),
    'a container that is not ready': failing(web(patient, { status: { ready: false } })),
  },
  speaks: {
    'as of a risk': [
      failing(web(patient)),
      {
        object: 'Pod/web',
        problem: 'its liveness probe command "sh -c exit 1" fails every time: it is killed after 1000 failures',
        certainty: 'message',
        fix: 'correct containers[app].livenessProbe',
      },
    ],
    'of a command that is not in the container, which kills nobody': [
      failing(
        web({ exec: { command: ['curl', '-f', 'localhost'] } }),
        { count: 1 },
        { message: errored('exec: "curl": executable file not found in $PATH') },
      ),
      {
        object: 'Pod/web',
        problem: 'its liveness probe command "curl -f localhost" cannot be run: the container has no such program',
        fix: 'change containers[app].livenessProbe.exec.command',
      },
    ],
    'of what is asked about': [failing(web(patient), {}, { asked: true }), { object: 'Pod/web' }],
    'when the kubelet tells of a few failures only': [
      failing(web(patient), { count: 25, firstTimestamp: minutesAgo(6), lastTimestamp: minutesAgo(4) }),
      { object: 'Pod/web', evidence: ['(25 times)'] },
    ],
  },
});
