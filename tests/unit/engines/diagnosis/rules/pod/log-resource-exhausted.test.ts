import { logResourceExhausted } from '../../../../../../src/engines/diagnosis/rules/pod/log-resource-exhausted.ts';
import { aLog, aPod, aSnapshot } from '../../../../../support/builders.ts';
import { again, complains } from '../../../../../support/complaining-pod.ts';
import { dies } from '../../../../../support/dying-pod.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const volumes = [
  { name: 'data', persistentVolumeClaim: { claimName: 'data-0' } },
  { name: 'tmp', emptyDir: { sizeLimit: '16Mi' } },
];
const volumeMounts = [
  { name: 'data', mountPath: '/data' },
  { name: 'tmp', mountPath: '/tmp' },
];

testRule(logResourceExhausted, {
  silent: {
    'a ready pod that said so and went on': complains([
      'ERROR Connection is not available, request timed out after 30000ms',
      ...again(['INFO served']),
    ]),
    'a healthy pod': aSnapshot({ objects: [aPod('api')], logs: [aLog('api', ['ERROR too many open files'])] }),
    'a crash of another reason': dies(['ERROR order 42 has no tenant']),
    'a pool that cannot be filled because nobody listens': dies([
      'ERROR HikariPool-1 - Exception during pool initialization: Connection refused: db:5432',
    ]),
    'a warning before another error': dies(['WARN deadlock detected, retrying', 'ERROR order 42 has no tenant']),
  },
  speaks: {
    'of shared memory, which no claim holds': [
      dies(
        ['FATAL could not resize shared memory segment "/PostgreSQL.1" to 8388608 bytes: No space left on device'],
        { volumeMounts },
        { volumes },
      ),
      {
        object: 'Pod/api',
        problem: '(/dev/shm of a container is 64 MiB, unless a volume is mounted there)',
        fix: 'mount an emptyDir with medium: Memory at /dev/shm',
      },
    ],
    'of a ready pod that says so all the time': [
      complains(again(['INFO polling', 'ERROR Connection is not available, request timed out after 30000ms'])),
      { object: 'Pod/api', problem: 'keeps saying: Connection is not available', certainty: 'inferred' },
    ],
    'of a full volume, by its claim': [
      dies(['FATAL write /data/wal/0001: no space left on device'], { volumeMounts }, { volumes }),
      {
        object: 'Pod/api',
        problem: 'no space left on device (/data/wal/0001 is in volume data, from PersistentVolumeClaim/data-0)',
        certainty: 'message',
        fix: 'make room where the log says it is full, or enlarge the volume',
      },
    ],
    'of a full emptyDir, by its limit': [
      dies(["dd: error writing '/tmp/x': No space left on device"], { volumeMounts }, { volumes }),
      {
        object: 'Pod/api',
        problem: '(/tmp/x is in volume tmp, an emptyDir of 16Mi)',
        fix: 'raise sizeLimit of emptyDir volume tmp above 16Mi',
      },
    ],
    'of a full disk of the node': [
      dies(['ERROR write /var/log/app.log: no space left on device']),
      { object: 'Pod/api', problem: '(/var/log/app.log is on the disk of the node: no volume is mounted there)' },
    ],
    'of file handles': [
      dies(['ERROR accept tcp [::]:8080: accept4: too many open files']),
      { object: 'Pod/api', problem: 'too many open files', fix: 'raise the limit of open files' },
    ],
    'of threads, which Java calls memory': [
      dies(['java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory']),
      { object: 'Pod/api', fix: 'lower the number of threads' },
    ],
    'of a pool, though it speaks of time': [
      dies(['ERROR HikariPool-1 - Connection is not available, request timed out after 30000ms.']),
      { object: 'Pod/api', fix: 'find what holds the connections' },
    ],
  },
});
