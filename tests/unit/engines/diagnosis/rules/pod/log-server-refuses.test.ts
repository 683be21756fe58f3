import { logServerRefuses } from '../../../../../../src/engines/diagnosis/rules/pod/log-server-refuses.ts';
import type { KubernetesObject } from '../../../../../../src/engines/objects.ts';
import { aContainer, anObject, aPod, aSnapshot } from '../../../../../support/builders.ts';
import { again, aSteadyLog, complains } from '../../../../../support/complaining-pod.ts';
import { dies } from '../../../../../support/dying-pod.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const full = "ReplyError: OOM command not allowed when used memory > 'maxmemory'. command: SET sess:91";

const member = (name: string, role: string) =>
  aPod(name, { metadata: { labels: { app: 'redis', role } }, containers: [aContainer('redis')] });
const writingTo = (...objects: readonly KubernetesObject[]) =>
  aSnapshot({
    complete: ['Service'],
    objects: [
      aPod('api', { containers: [aContainer('app', { env: [{ name: 'REDIS_HOST', value: 'redis' }] })] }),
      anObject('Service', 'redis', { spec: { selector: { app: 'redis' }, ports: [{ port: 6379 }] } }),
      ...objects,
    ],
    logs: [aSteadyLog(again(["redis.exceptions.ReadOnlyError: You can't write against a read only replica."]))],
  });
const primary = anObject('Service', 'redis-master', {
  spec: { selector: { app: 'redis', role: 'master' }, ports: [{ port: 6379 }] },
});
const members = [member('redis-0', 'master'), member('redis-1', 'slave')];

testRule(logServerRefuses, {
  silent: {
    'a ready pod that was refused and went on': complains([`ERROR ${full}`, ...again(['INFO served'])]),
    'a refusal now and then among other work': complains(again([...again(['INFO served'], 9), `ERROR ${full}`], 5)),
    'a server that cannot be reached': dies(['ERROR dial tcp 10.0.0.1:6379: connect: connection refused']),
    'its own heap': dies(['java.lang.OutOfMemoryError: Java heap space']),
    'a read-only file system of its own': dies(['ERROR open /data/x: read-only file system']),
    'a healthy pod': aSnapshot({ objects: [aPod('api')] }),
  },
  speaks: {
    'of a Service that sends writes to replicas too, with the one for the primary': [
      writingTo(...members, primary),
      {
        object: 'Pod/api',
        problem: '(Service/redis selects app=redis, which 2 pods of Pod/redis-0 and Pod/redis-1 have',
        fix: 'send writes to Service/redis-master instead of Service/redis',
      },
    ],
    'of such a Service where none is there for the primary': [
      writingTo(...members),
      { object: 'Pod/api', fix: 'send writes to a Service that selects the primary alone' },
    ],
    'of a Service that selects a replica alone': [
      writingTo(member('redis-1', 'slave'), primary),
      { object: 'Pod/api', problem: '(Service/redis is a read-only replica)' },
    ],
    'of a full Redis that refuses every write, by the Service that the pod is told': [
      aSnapshot({
        complete: ['Service'],
        objects: [
          aPod('api', {
            containers: [aContainer('app', { env: [{ name: 'REDIS_HOST', value: 'redis' }] })],
          }),
          anObject('Service', 'redis', { spec: { selector: { app: 'redis' }, ports: [{ port: 6379 }] } }),
        ],
        logs: [aSteadyLog(again([full]))],
      }),
      {
        object: 'Pod/api',
        problem: 'Service/redis has reached its maxmemory and evicts nothing',
        fix: 'raise maxmemory of Service/redis',
      },
    ],
    'of a sequence that has no number left': [
      complains(
        again(['ERROR:  nextval: reached maximum value of sequence "orders_id_seq" (2147483647)', 'order not stored']),
      ),
      {
        object: 'Pod/api',
        problem: 'the server has used up the numbers of a sequence',
        fix: 'make that column and its sequence in the server a bigint',
      },
    ],
    'of a Redis that cannot save': [
      complains(again(['redis.exceptions.ResponseError: MISCONF Redis is configured to save RDB snapshots'])),
      {
        object: 'Pod/api',
        problem: 'cannot write its snapshot to disk',
        fix: 'let the server write its data directory',
      },
    ],
    'of brokers that are too few': [
      complains(
        again([
          'org.apache.kafka.common.errors.NotEnoughReplicasException: Messages are rejected since there are fewer in-sync replicas than required.',
        ]),
      ),
      { object: 'Pod/api', problem: 'has too few members that take part', fix: 'bring back the members' },
    ],
    'of a crash for a disk that is nearly full': [
      dies([
        'ERROR cluster_block_exception: index [orders] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark]',
      ]),
      { object: 'Pod/api', problem: 'blocks writes because it has no room left', certainty: 'message' },
    ],
    'of a replica that takes no writes': [
      dies(['ERROR: cannot execute INSERT in a read-only transaction']),
      { object: 'Pod/api', problem: 'is a read-only replica', fix: 'send writes to the primary' },
    ],
  },
});
