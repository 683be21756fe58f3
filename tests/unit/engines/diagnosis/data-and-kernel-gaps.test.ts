import { crashAppError } from '../../../../src/engines/diagnosis/rules/pod/crash-app-error.ts';
import { aContainer, aLog, anObject, aPod, aSnapshot, crashed } from '../../../support/builders.ts';
import { testRule } from '../../../support/rule-tester.ts';

const failed = { exitCode: 1, reason: 'Error' };
const log = (...lines: string[]) => [aLog('api', lines)];
const dies = (spec: object = {}, pod = {}) =>
  aPod('api', { spec: pod, containers: [aContainer('app', { ...crashed(failed), ...spec })] });
const plain = { object: 'Pod/api', fix: 'fix what the log complains about' };
const onClaim = dies(
  { image: 'postgres:13', volumeMounts: [{ name: 'data', mountPath: '/var/lib/postgresql/data' }] },
  { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'books' } }] },
);
const otherVersion = [
  'FATAL:  database files are incompatible with server',
  'DETAIL:  The data directory was initialized by PostgreSQL version 12, which is not compatible with this version 13.0.',
];
const low = 'ERROR max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]';
const shell = (script: string, more: object = {}) => dies({ command: ['sh', '-c', script], ...more });
const demanding = 'if [ -z "${SHOP_URL:-}" ]; then echo "Missing shop settings"; exit 1; fi; serve';
const sharing = (mountPath: string, script: string) =>
  aPod('api', {
    spec: { volumes: [{ name: 'conf', emptyDir: {} }] },
    containers: [
      aContainer('setup', {
        init: true,
        command: ['sh', '-c', script],
        volumeMounts: [{ name: 'conf', mountPath: '/made' }],
        status: { ready: true, state: { terminated: { exitCode: 0 } } },
      }),
      aContainer('app', { ...crashed(failed), volumeMounts: [{ name: 'conf', mountPath }] }),
    ],
  });
const api = anObject('Service', 'kafka-rest', { spec: { clusterIP: '10.96.0.9', ports: [{ port: 8082 }] } });
const portIsDeprecated = 'PORT is deprecated. Please use KAFKA_REST_LISTENERS instead.';
const quoted = ['--users="/etc/proxy/users"'];
const noFile = 'ERROR open "/etc/proxy/users": no such file or directory';
const noJob = 'Error from server (NotFound): jobs.batch "migrate" not found';

testRule(crashAppError, {
  silent: {},
  speaks: {
    'of data that another version wrote': [
      aSnapshot({ objects: [onClaim], logs: log(...otherVersion) }),
      {
        object: 'Pod/api',
        problem: '(PersistentVolumeClaim/books holds data of version 12, and 13.0 runs)',
        evidence: ['container app has image postgres:13'],
        fix: 'set the image of container app back to a version that reads data of 12',
      },
    ],
    'of data that a newer version wrote': [
      aSnapshot({
        objects: [onClaim],
        logs: log('[ERROR] [InnoDB] Cannot boot server version 80031 on data directory built by version 80034.'),
      }),
      {
        object: 'Pod/api',
        problem: '(PersistentVolumeClaim/books holds data of version 8.0.34, and 8.0.31 runs)',
        fix: 'to a version that reads data of 8.0.34: the one that wrote them, or a newer one',
      },
    ],
    'of data of a format that an older Redis does not know': [
      aSnapshot({ objects: [onClaim], logs: log("ERROR Can't handle RDB format version 11") }),
      { object: 'Pod/api', problem: '(PersistentVolumeClaim/books holds data of RDB format version 11)' },
    ],
    'of data of another version that lie on no claim': [
      aSnapshot({ objects: [dies()], logs: log(...otherVersion) }),
      { object: 'Pod/api', problem: '(its data directory holds data of version 12' },
    ],
    'of no version where a server only tells its own': [
      aSnapshot({ objects: [onClaim], logs: log('ERROR PostgreSQL 12 server: the checksum of a page is wrong') }),
      plain,
    ],
    'of a setting of the kernel that is too low': [
      aSnapshot({ objects: [dies({}, { nodeName: 'node-1' })], logs: log(low) }),
      {
        object: 'Pod/api',
        problem: '(vm.max_map_count is a setting of the kernel of node node-1, which all its pods share)',
        fix: 'sysctl -w vm.max_map_count=262144 on node node-1',
      },
    ],
    'of no setting of the kernel where a class is named like one': [
      aSnapshot({ objects: [dies()], logs: log('ERROR java.net.http.timeout must be at least 1') }),
      plain,
    ],
    'of a variable that its script demands': [
      aSnapshot({
        objects: [shell(demanding, { env: [{ name: 'SHOP_HOST', value: 'x' }] })],
        logs: log('Missing shop settings'),
      }),
      {
        object: 'Pod/api',
        problem: '(its command ends there when SHOP_URL is empty, and env does not set it; it has SHOP_HOST)',
        fix: 'set SHOP_URL in env of container app',
      },
    ],
    'of no variable that is set, or that envFrom may bring': [
      aSnapshot({
        objects: [shell(demanding, { env: [{ name: 'SHOP_URL', value: 'x' }] })],
        logs: log('Missing shop settings'),
      }),
      plain,
    ],
    'of no variable whose absence the script says other words of': [
      aSnapshot({ objects: [shell(demanding)], logs: log('ERROR the shop is closed') }),
      plain,
    ],
    'of a file that the init container writes to a volume that is mounted elsewhere here': [
      aSnapshot({
        objects: [sharing('/data', 'echo x > /made/app.conf')],
        logs: log('ERROR: Config file not found at /app/config/app.conf'),
      }),
      {
        object: 'Pod/api',
        problem:
          '(init container setup writes app.conf to volume conf, which is mounted here at /data, not at /app/config)',
        fix: 'set mountPath of volume conf in container app to /app/config',
      },
    ],
    'of no volume to which another file is written': [
      aSnapshot({
        objects: [sharing('/data', 'echo x > /made/other.conf')],
        logs: log('ERROR: Config file not found at /app/config/app.conf'),
      }),
      plain,
    ],
    'of a variable that a Service brings and the program takes for its own': [
      aSnapshot({ objects: [dies(), api], logs: log('===> Configuring ...', portIsDeprecated) }),
      {
        object: 'Pod/api',
        problem: '(Kubernetes sets KAFKA_REST_PORT to tcp://10.96.0.9:8082, because there is Service/kafka-rest',
        fix: 'set enableServiceLinks to false',
      },
    ],
    'of no such variable where links are off': [
      aSnapshot({ objects: [dies({}, { enableServiceLinks: false }), api], logs: log(portIsDeprecated) }),
      { object: 'Pod/api', problem: `; its log ends with: ${portIsDeprecated}` },
    ],
    'of the last line where none complains': [
      aSnapshot({ objects: [dies()], logs: log('loading plan', 'plan has 3 steps') }),
      { object: 'Pod/api', problem: 'exit code 1; its log ends with: plan has 3 steps' },
    ],
    'of quotation marks that are part of a value': [
      aSnapshot({ objects: [dies({ args: quoted })], logs: log(noFile) }),
      {
        object: 'Pod/api',
        problem: '(the value in args[--users] of container app has quotation marks of its own)',
        fix: 'take them out of the value in args[--users]',
      },
    ],
    'of an option and its value in one argument': [
      aSnapshot({
        objects: [dies({ args: ['-nats.addr http://nats:8222'] })],
        logs: log('flag provided but not defined: -nats.addr http://nats:8222'),
      }),
      { object: 'Pod/api', problem: 'args of container app' },
    ],
    'of an object that the API server does not have': [
      aSnapshot({ objects: [dies()], logs: log(noJob), complete: ['Job'] }),
      {
        object: 'Pod/api',
        problem:
          '(there is no Job/migrate in namespace shop; a finished Job is deleted after its ttlSecondsAfterFinished)',
        fix: 'create Job/migrate again from its source',
      },
    ],
    'of one that has another name': [
      aSnapshot({ objects: [dies(), anObject('Job', 'migrated')], logs: log(noJob), complete: ['Job'] }),
      { object: 'Pod/api', problem: 'but there is migrated)', fix: 'let container app ask for migrated' },
    ],
    'of none that was not looked for, or of another namespace': [
      aSnapshot({
        objects: [dies({ command: ['kubectl', 'wait', '-n', 'other', 'job/migrate'] })],
        logs: log(noJob),
        complete: ['Job'],
      }),
      { object: 'Pod/api', fix: 'correct it in command of container app' },
    ],
    'of a key that others may read, though the line names no file': [
      aSnapshot({
        objects: [
          dies(
            { volumeMounts: [{ name: 'ssh', mountPath: '/etc/git-secret' }] },
            { volumes: [{ name: 'ssh', secret: { secretName: 'ssh' } }] },
          ),
        ],
        logs: log('ERROR: Permissions 0644 for SSH key are too open'),
      }),
      { object: 'Pod/api', problem: 'the mode 0644', fix: 'set defaultMode: 0400 in volumes[ssh]' },
    ],
  },
});
