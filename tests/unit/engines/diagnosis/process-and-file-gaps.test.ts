import { crashAppError } from '../../../../src/engines/diagnosis/rules/pod/crash-app-error.ts';
import { aContainer, aLog, anObject, aPod, aSnapshot, crashed } from '../../../support/builders.ts';
import { testRule } from '../../../support/rule-tester.ts';

const log = (...lines: string[]) => [aLog('api', lines)];
const dies = (spec: object = {}, pod = {}) =>
  aPod('api', {
    spec: pod,
    containers: [aContainer('app', { ...crashed({ exitCode: 1, reason: 'Error' }), ...spec })],
  });
const first = log('s6-overlay-suexec: fatal: can only run as pid 1');
const unsynced = log('level=fatal msg="failed to sync cache: timed out waiting for the condition"');
const binding = (namespace: string, role = 'dns') =>
  anObject('ClusterRoleBinding', 'dns', {
    metadata: { namespace: undefined },
    roleRef: { kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'ServiceAccount', name: 'dns', namespace }],
  });
const mounted = { volumeMounts: [{ name: 'conf', mountPath: '/config' }] };

testRule(crashAppError, {
  silent: {},
  speaks: {
    'of process namespaces that are shared, where a program has to be process 1': [
      aSnapshot({ objects: [dies({}, { shareProcessNamespace: true })], logs: first }),
      {
        object: 'Pod/api',
        problem: '(shareProcessNamespace is true, so process 1 is the pause process of the pod)',
        fix: 'remove shareProcessNamespace from the pod template',
      },
    ],
    'of the processes of the node, among which it is none': [
      aSnapshot({ objects: [dies({}, { hostPID: true })], logs: first }),
      { object: 'Pod/api', problem: '(hostPID is true, so process 1 is the init of the node)' },
    ],
    'of a shell above such a program': [
      aSnapshot({ objects: [dies({ command: ['/bin/sh', '-c', '/init'] })], logs: first }),
      { object: 'Pod/api', problem: 'runs it below /bin/sh', fix: 'start the program with exec' },
    ],
    'of nothing in the pod where it could be process 1': [
      aSnapshot({ objects: [dies()], logs: first }),
      { object: 'Pod/api', problem: 'exit code 1: can only run as pid 1' },
    ],
    'of a file that others may write to, where only its owner may': [
      aSnapshot({
        objects: [dies(mounted, { volumes: [{ name: 'conf', configMap: { name: 'beat', defaultMode: 0o664 } }] })],
        logs: log(
          'Exiting: error loading config file: config file ("/config/beat.yml") can only be writable by the owner but the permissions are "-rw-rw-r--"',
        ),
      }),
      { object: 'Pod/api', problem: 'gives /config/beat.yml the mode 0664', evidence: ['has defaultMode 0664'] },
    ],
    'of an emptyDir that nobody fills, whatever a missing file is called': [
      aSnapshot({
        objects: [dies(mounted, { volumes: [{ name: 'conf', emptyDir: {} }] })],
        logs: log("[critical] error initializing config '/config/envoy.json': Invalid path: /config/envoy.json"),
      }),
      { object: 'Pod/api', problem: 'is an emptyDir that no other container mounts' },
    ],
    'of the file that is not there, not of a path that it went on without': [
      aSnapshot({
        objects: [dies()],
        logs: log(
          "chmod: changing permissions of '/var/run/postgresql': Operation not permitted",
          'postgres: could not access the server configuration file "/data/postgresql.conf": No such file or directory',
        ),
      }),
      { object: 'Pod/api', problem: 'could not access the server configuration file' },
    ],
    'of the group that a volume is given to, where PostgreSQL names its folder a line before the mode': [
      aSnapshot({
        objects: [
          dies(mounted, {
            securityContext: { fsGroup: 999 },
            volumes: [{ name: 'conf', persistentVolumeClaim: { claimName: 'books' } }],
          }),
        ],
        logs: log(
          '2024-04-22 13:45:37.101 UTC [1] FATAL:  data directory "/config/pg14" has invalid permissions',
          '2024-04-22 13:45:37.101 UTC [1] DETAIL:  Permissions should be u=rwx (0700) or u=rwx,g=rx (0750).',
        ),
      }),
      { object: 'Pod/api', problem: '(fsGroup 999 gives the group rights to /config/pg14 in volumes[conf]' },
    ],
    'of the emptyDir in which OpenSSL found no certificate': [
      aSnapshot({
        objects: [dies(mounted, { volumes: [{ name: 'conf', emptyDir: {} }] })],
        logs: log(
          '1657907307: Error: Unable to load server certificate "/config/server.pem". Check certfile.',
          '1657907307: OpenSSL Error[0]: error:02001002:system library:fopen:No such file or directory',
        ),
      }),
      { object: 'Pod/api', problem: 'is an emptyDir that no other container mounts' },
    ],
    'of a volume that belongs to another user, where SQLite keeps its file': [
      aSnapshot({
        objects: [
          dies(mounted, {
            securityContext: { runAsUser: 1000 },
            volumes: [{ name: 'conf', persistentVolumeClaim: { claimName: 'books' } }],
          }),
        ],
        logs: log('sqlite3.OperationalError: unable to open database file'),
      }),
      {
        object: 'Pod/api',
        problem: '(it runs as user 1000 with no fsGroup on volume conf at /config)',
        fix: 'set spec.securityContext.fsGroup',
      },
    ],
    'of no volume whose group it belongs to': [
      aSnapshot({
        objects: [
          dies(mounted, {
            securityContext: { runAsUser: 1000, fsGroup: 1000 },
            volumes: [{ name: 'conf', persistentVolumeClaim: { claimName: 'books' } }],
          }),
        ],
        logs: log('sqlite3.OperationalError: unable to open database file'),
      }),
      { object: 'Pod/api', fix: 'fix what the log complains about' },
    ],
    'of no volume where it runs as root': [
      aSnapshot({
        objects: [dies(mounted, { volumes: [{ name: 'conf', persistentVolumeClaim: { claimName: 'books' } }] })],
        logs: log('sqlite3.OperationalError: unable to open database file'),
      }),
      { object: 'Pod/api', fix: 'fix what the log complains about' },
    ],
    'of a read-only mount below the file of SQLite': [
      aSnapshot({
        objects: [
          dies(
            { volumeMounts: [{ name: 'conf', mountPath: '/config', readOnly: true }] },
            { volumes: [{ name: 'conf', persistentVolumeClaim: { claimName: 'books' } }] },
          ),
        ],
        logs: log('Error: SQLITE_CANTOPEN: unable to open database file'),
      }),
      { object: 'Pod/api', problem: 'mounted readOnly at /config', fix: 'mount a writable volume' },
    ],
    'of a limit below the memory that a program is to use': [
      aSnapshot({
        objects: [
          dies({
            resources: { limits: { memory: '64Mi' } },
            env: [
              { name: 'NEO4J_heap_max__size', value: '4G' },
              { name: 'MODE', value: 'SINGLE' },
            ],
          }),
        ],
        logs: log('ERROR Invalid memory configuration - exceeds physical memory.'),
      }),
      {
        object: 'Pod/api',
        problem: '(containers[app].resources.limits.memory is 64Mi, and env has NEO4J_heap_max__size=4G)',
        fix: 'raise containers[app].resources.limits.memory, or let the program use less (NEO4J_heap_max__size=4G)',
      },
    ],
    'of such a limit alone, where no variable tells a size': [
      aSnapshot({
        objects: [dies({ resources: { limits: { memory: '64Mi' } } })],
        logs: log('ERROR not enough memory for the cache'),
      }),
      { object: 'Pod/api', problem: 'resources.limits.memory is 64Mi)' },
    ],
    'of the variable from a Secret that it named right before it fell': [
      aSnapshot({
        objects: [
          dies({ env: [{ name: 'COOKIE_SECRET', valueFrom: { secretKeyRef: { name: 'hub', key: 'cookie' } } }] }),
        ],
        logs: log('INFO Loading cookie_secret from env[COOKIE_SECRET]', 'ERROR Non-hexadecimal digit found'),
      }),
      {
        object: 'Pod/api',
        problem:
          'right before that it speaks of COOKIE_SECRET, and env[COOKIE_SECRET] takes it from Secret/hub key cookie',
        fix: 'check the value of COOKIE_SECRET in Secret/hub',
      },
    ],
    'of none of two variables that it named': [
      aSnapshot({
        objects: [
          dies({
            env: ['COOKIE_SECRET', 'CRYPT_KEY'].map((name) => ({
              name,
              valueFrom: { secretKeyRef: { name: 'hub', key: name.toLowerCase() } },
            })),
          }),
        ],
        logs: log('INFO Loading COOKIE_SECRET and CRYPT_KEY', 'ERROR Non-hexadecimal digit found'),
      }),
      { object: 'Pod/api', fix: 'fix what the log complains about' },
    ],
    'of no variable that it named earlier': [
      aSnapshot({
        objects: [
          dies({ env: [{ name: 'COOKIE_SECRET', valueFrom: { secretKeyRef: { name: 'hub', key: 'cookie' } } }] }),
        ],
        logs: log('INFO Loading env[COOKIE_SECRET]', 'INFO connected', 'ERROR Non-hexadecimal digit found'),
      }),
      { object: 'Pod/api', fix: 'fix what the log complains about' },
    ],
    'of a property of a ConfigMap whose quoted name sounds like a refusal': [
      aSnapshot({
        objects: [
          dies(mounted, { volumes: [{ name: 'conf', configMap: { name: 'worker' } }] }),
          anObject('ConfigMap', 'worker', { data: { 'config.properties': 'web-ui.authentication.type=FIXED' } }),
        ],
        logs: log("ERROR Configuration property 'web-ui.authentication.type' was not used"),
      }),
      { object: 'Pod/api', problem: 'stands in key config.properties of ConfigMap/worker' },
    ],
    'of the argument whose last part is the node that Traefik does not find': [
      aSnapshot({
        objects: [dies({ args: ['--providers.kubernetescrd', '--providers.kubernetescrd.trace'] })],
        logs: log('ERROR field not found, node: trace'),
      }),
      { object: 'Pod/api', problem: '(--providers.kubernetescrd.trace stands in args of container app)' },
    ],
    'of the binding that gives a role to the account of another namespace, where a controller lists nothing': [
      aSnapshot({
        complete: ['ClusterRoleBinding', 'RoleBinding'],
        objects: [dies({}, { serviceAccountName: 'dns' }), binding('default')],
        logs: unsynced,
      }),
      {
        object: 'Pod/api',
        problem:
          'gives ClusterRole/dns to ServiceAccount/dns of namespace default, not to ServiceAccount/dns of namespace shop',
        fix: 'set subjects of ClusterRoleBinding/dns to kind ServiceAccount, name dns, namespace shop',
      },
    ],
    'of no role at all': [
      aSnapshot({ complete: ['ClusterRoleBinding', 'RoleBinding'], objects: [dies()], logs: unsynced }),
      { object: 'Pod/api', problem: 'no role is bound to ServiceAccount/default of namespace shop' },
    ],
    'of no role but what every account has': [
      aSnapshot({
        complete: ['ClusterRoleBinding', 'RoleBinding'],
        objects: [dies({}, { serviceAccountName: 'dns' }), binding('shop', 'system:discovery')],
        logs: unsynced,
      }),
      { object: 'Pod/api', problem: 'no role is bound to ServiceAccount/dns of namespace shop' },
    ],
    'of no binding where a role is bound': [
      aSnapshot({
        complete: ['ClusterRoleBinding', 'RoleBinding'],
        objects: [dies({}, { serviceAccountName: 'dns' }), binding('shop')],
        logs: unsynced,
      }),
      { object: 'Pod/api', fix: 'fix what the log complains about' },
    ],
    'of no binding that was not read': [
      aSnapshot({ objects: [dies()], logs: unsynced }),
      { object: 'Pod/api', fix: 'fix what the log complains about' },
    ],
  },
});
