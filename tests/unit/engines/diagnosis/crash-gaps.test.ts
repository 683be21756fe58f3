import { crashAppError } from '../../../../src/engines/diagnosis/rules/pod/crash-app-error.ts';
import { aContainer, aLog, anObject, aPod, aSnapshot, crashed, minutesAgo } from '../../../support/builders.ts';
import { testRule } from '../../../support/rule-tester.ts';

const failed = { exitCode: 1, reason: 'Error' };
const dying = aPod('api', { containers: [aContainer('app', crashed(failed))] });
const optional = (name: string, key: string, map = 'conf') => ({
  name,
  valueFrom: { configMapKeyRef: { name: map, key, optional: true } },
});
const mounting = (name: string, mountPath: string, source: object) =>
  aPod('api', {
    spec: { volumes: [{ name, ...source }] },
    containers: [aContainer('app', { ...crashed(failed), volumeMounts: [{ name, mountPath }] })],
  });
const log = (...lines: string[]) => [aLog('api', lines)];
const dies = (terminated: object, more = {}) =>
  aPod('api', { containers: [aContainer('app', { ...crashed({ ...failed, ...terminated }), ...more })] });

const services = (count: number) =>
  Array.from({ length: count }, (_, index) => anObject('Service', `service-${index}`, { spec: {} }));

const joining = [
  'level=warn msg="Failed to resolve ring: lookup ring on 10.96.0.10:53: no such host"',
  'level=error phase=startup msg="joining memberlist cluster failed" last_error="1 error occurred"',
  'level=error msg="module failed" error="starting module memberlist-kv: invalid service state: Failed, expected: Running, failure: joining memberlist cluster on startup failed"',
  'level=error msg="error running loki" err="failed services"',
];
const member = aPod('api', { metadata: { labels: { app: 'api' } }, containers: [aContainer('app', crashed(failed))] });
const ring = anObject('Service', 'ring', { spec: { clusterIP: 'None', selector: { app: 'api' } } });

testRule(crashAppError, {
  silent: {
    'settings of a pod that works': aSnapshot({
      objects: [aPod('api', { containers: [aContainer('app', { args: ['--port=$(PROT)'] })] })],
      logs: log("ERROR invalid int value: '$(PROT)'"),
    }),
  },
  speaks: {
    'of the headless Service by whose name it looks for itself': [
      aSnapshot({ objects: [member, ring], logs: log(...joining), complete: ['Service'] }),
      {
        object: 'Pod/api',
        problem: 'it looks for itself by the name of Service/ring, which does not publishNotReadyAddresses',
        fix: 'set spec.publishNotReadyAddresses: true in Service/ring',
      },
    ],
    'of a variable from a ConfigMap that is longer than the kernel takes': [
      aSnapshot({
        objects: [
          dies({}, { envFrom: [{ configMapRef: { name: 'conf' } }] }),
          anObject('ConfigMap', 'conf', { data: { SMALL: 'x', DATA: 'x'.repeat(200_000) } }),
        ],
        logs: log('exec /bin/sh: argument list too long'),
      }),
      {
        object: 'Pod/api',
        problem: 'variable DATA has 196 KiB (key DATA of ConfigMap/conf), and the kernel takes 128 KiB for one',
        fix: 'mount key DATA of ConfigMap/conf as a file',
      },
    ],
    'of many variables that the kernel does not take together': [
      aSnapshot({
        objects: [
          dies({}, { envFrom: [{ configMapRef: { name: 'conf' } }] }),
          anObject('ConfigMap', 'conf', {
            data: Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`DATA_${index}`, 'x'.repeat(120_000)])),
          }),
        ],
        logs: log('exec /bin/sh: argument list too long'),
      }),
      { object: 'Pod/api', problem: 'its environment has 2344 KiB, and the kernel takes 2048 KiB' },
    ],
    'of the variables that many Services bring': [
      aSnapshot({ objects: [dies({}, {}), ...services(600)], logs: log('exec /bin/sh: argument list too long') }),
      {
        object: 'Pod/api',
        problem: 'enableServiceLinks gives it 7 variables for each of the 600 Services',
        fix: 'set enableServiceLinks to false',
      },
    ],
    'of no Services where they are few': [
      aSnapshot({ objects: [dies({}, {}), ...services(20)], logs: log('exec /bin/sh: argument list too long') }),
      { object: 'Pod/api', fix: '[{"advice":"fix what the log complains about' },
    ],
    'of no variable that the kernel takes': [
      aSnapshot({
        objects: [dies({}, { env: [{ name: 'DATA', value: 'x'.repeat(1000) }] })],
        logs: log('exec /bin/sh: argument list too long'),
      }),
      { object: 'Pod/api', problem: 'exit code 1: exec /bin/sh: argument list too long' },
    ],
    'of a variable that its script uses and its environment spells differently': [
      aSnapshot({
        objects: [
          dies({}, { command: ['sh', '-c', 'serve --to "$STORE_URL"'], env: [{ name: 'STORE_UR', value: 'x' }] }),
        ],
        logs: log('ERROR no target given'),
      }),
      {
        object: 'Pod/api',
        problem: '(its command uses STORE_URL, which env does not have; it has STORE_UR)',
        fix: 'rename STORE_UR in env of container app to STORE_URL',
      },
    ],
    'of no variable that the script sets itself, or whose like it uses too': [
      aSnapshot({
        objects: [
          dies(
            {},
            {
              command: ['sh', '-c', 'STORE_URL=$STORE_URI; serve --to $STORE_URL $STORE_URN'],
              env: [{ name: 'STORE_URI', value: 'x' }],
            },
          ),
        ],
        logs: log('ERROR no target given'),
      }),
      { object: 'Pod/api', fix: 'fix what the log complains about' },
    ],
    'of the argument that a program quotes without its dashes': [
      aSnapshot({
        objects: [dies({}, { args: ['serve', '--gibberish-flag'] })],
        logs: log("ERROR wrong number of arguments >>> 'gibberish-flag'"),
      }),
      { object: 'Pod/api', problem: '(--gibberish-flag stands in args of container app)', fix: 'correct it in args' },
    ],
    'of a mount that hides the files of the image': [
      aSnapshot({
        objects: [
          mounting('conf', '/etc/nginx', { configMap: { name: 'site' } }),
          anObject('ConfigMap', 'site', { data: { 'site.conf': 'server {}' } }),
        ],
        logs: log('nginx: [emerg] open() "/etc/nginx/nginx.conf" failed (2: No such file or directory)'),
      }),
      {
        object: 'Pod/api',
        problem: 'it has site.conf, and the mount hides what the image has in /etc/nginx',
        fix: '(mountPath /etc/nginx/site.conf, subPath site.conf), if the image has nginx.conf',
      },
    ],
    'of a volume that is mounted beside the folder of the program': [
      aSnapshot({
        objects: [mounting('shared-data', '/old-data', { emptyDir: {} })],
        logs: log("sh: can't create /data/index.html: nonexistent directory"),
      }),
      {
        object: 'Pod/api',
        problem: '(nothing is mounted at /data: volume shared-data is at /old-data)',
        fix: 'set mountPath of volume shared-data in container app to /data',
      },
    ],
    'of no volume that has nothing to do with the folder': [
      aSnapshot({
        objects: [mounting('scratch', '/tmp', { emptyDir: {} })],
        logs: log("sh: can't create /data/index.html: nonexistent directory"),
      }),
      { object: 'Pod/api', fix: 'fix what the log complains about' },
    ],
    'of an optional key that its ConfigMap does not have': [
      aSnapshot({
        objects: [
          dies({}, { env: [optional('SHOP_URL', 'SHOP_DSN')] }),
          anObject('ConfigMap', 'conf', { data: { SHOP_URL: 'pg://db', LEVEL: 'info' } }),
        ],
        logs: log('ERROR SHOP_URL, which is needed, has 0 characters'),
      }),
      {
        object: 'Pod/api',
        problem: '(ConfigMap/conf has no key SHOP_DSN, which env[SHOP_URL] calls optional; it has SHOP_URL)',
        fix: 'let env[SHOP_URL] ask for key SHOP_URL',
      },
    ],
    'of no key that is there, or of a ConfigMap that was not read': [
      aSnapshot({
        objects: [
          dies({}, { env: [optional('SHOP_URL', 'SHOP_URL'), optional('SHOP_KEY', 'SHOP_KEY', 'gone')] }),
          anObject('ConfigMap', 'conf', { data: { SHOP_URL: 'pg://db' } }),
        ],
        logs: log('ERROR SHOP_URL and SHOP_KEY do not fit'),
      }),
      { object: 'Pod/api', problem: 'SHOP_URL is set in key SHOP_URL of ConfigMap/conf' },
    ],
    'of $(NAME) in args that no variable replaced': [
      aSnapshot({
        objects: [dies({}, { args: ['--port=$(PROT)'], env: [{ name: 'PORT', value: '80' }] })],
        logs: log("server.py: error: argument --port: invalid int value: '$(PROT)'"),
      }),
      {
        object: 'Pod/api',
        problem: '($(PROT) in args stays as it is: the container has no variable PROT; it has PORT)',
        fix: 'write $(PORT) in args of container app',
      },
    ],
    'of $(NAME) that env names too late': [
      aSnapshot({
        objects: [
          dies(
            {},
            {
              env: [
                { name: 'URL', value: 'pg://$(PW)@db' },
                { name: 'PW', valueFrom: { secretKeyRef: { name: 'db', key: 'pw' } } },
              ],
            },
          ),
        ],
        logs: log("ERROR bad URL 'pg://$(PW)@db'"),
      }),
      {
        object: 'Pod/api',
        problem: '($(PW) in env[URL] stays as it is: env names PW only after it)',
        fix: 'move PW before',
      },
    ],
    'of no expansion that the program itself wrote': [
      aSnapshot({ objects: [dies({}, { args: ['serve'] })], logs: log('ERROR template $(USER) is not allowed') }),
      { object: 'Pod/api', fix: '[{"advice":"fix what the log complains about' },
    ],
    'of quotation marks that belong to a value': [
      aSnapshot({
        objects: [
          dies({}, { envFrom: [{ configMapRef: { name: 'conf' } }] }),
          anObject('ConfigMap', 'conf', { data: { DB_HOST: '"postgres"' } }),
        ],
        logs: log('ERROR could not translate host name ""postgres"" to address'),
      }),
      { object: 'Pod/api', problem: '(the value in key DB_HOST of ConfigMap/conf has quotation marks of its own)' },
    ],
    'of the one setting whose value the log quotes': [
      aSnapshot({
        objects: [
          dies({}, { envFrom: [{ configMapRef: { name: 'conf' } }] }),
          anObject('ConfigMap', 'conf', { data: { WORKERS: '8x', OTHER: '9' } }),
        ],
        logs: log("ValueError: invalid literal for int() with base 10: '8x'"),
      }),
      { object: 'Pod/api', problem: '(8x is the value in key WORKERS of ConfigMap/conf)' },
    ],
    'of the file of a ConfigMap in which a quoted word stands': [
      aSnapshot({
        objects: [
          aPod('api', {
            spec: { volumes: [{ name: 'c', configMap: { name: 'conf' } }] },
            containers: [
              aContainer('app', { ...crashed(failed), volumeMounts: [{ name: 'c', mountPath: '/etc/app' }] }),
            ],
          }),
          anObject('ConfigMap', 'conf', { data: { 'a.conf': 'Name elasticsearch', 'b.conf': 'Name tail' } }),
        ],
        logs: log("[error] section 'elasticsearch' has no plugin"),
      }),
      { object: 'Pod/api', problem: '(elasticsearch stands in key a.conf of ConfigMap/conf)' },
    ],
    'of the argument of which a quoted word is a part': [
      aSnapshot({
        objects: [dies({}, { args: ['mian:app', '--reload'] })],
        logs: log('ERROR: Error loading ASGI app. Could not import module "mian".'),
      }),
      { object: 'Pod/api', problem: '(mian:app stands in args of container app)' },
    ],
    'of no setting that may be right, when the other side is out of reach': [
      aSnapshot({
        objects: [dies({}, { env: [{ name: 'DB_NAME', value: 'orders' }] })],
        logs: log("ERROR unable to open a connection for 'orders'"),
      }),
      { object: 'Pod/api', fix: '[{"advice":"fix what the log complains about' },
    ],
    'of the Secret behind a file that the log names': [
      aSnapshot({
        objects: [
          aPod('api', {
            spec: { volumes: [{ name: 't', secret: { secretName: 'front-tls' } }] },
            containers: [aContainer('app', { ...crashed(failed), volumeMounts: [{ name: 't', mountPath: '/tls' }] })],
          }),
        ],
        logs: log('nginx: [emerg] SSL_CTX_use_PrivateKey("/tls/tls.key") failed (key values mismatch)'),
      }),
      { object: 'Pod/api', problem: '(/tls/tls.key is key tls.key of Secret/front-tls)' },
    ],
    'of a claim that another pod of it has open': [
      aSnapshot({
        objects: ['api', 'api-b'].map((name) =>
          aPod(name, {
            spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] },
            containers: [
              aContainer('app', {
                ...(name === 'api' ? crashed(failed) : {}),
                volumeMounts: [{ name: 'd', mountPath: '/data' }],
              }),
            ],
          }),
        ),
        logs: log('[ERROR] InnoDB: Unable to lock ./ibdata1 error: 11'),
      }),
      { object: 'Pod/api', problem: '(Pod/api-b has the files of PersistentVolumeClaim/data open)' },
    ],
    'of no claim when nobody else mounts it': [
      aSnapshot({
        objects: [
          aPod('api', {
            spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] },
            containers: [aContainer('app', { ...crashed(failed), volumeMounts: [{ name: 'd', mountPath: '/data' }] })],
          }),
        ],
        logs: log('[ERROR] InnoDB: Unable to lock ./ibdata1 error: 11'),
      }),
      { object: 'Pod/api', fix: '[{"advice":"fix what the log complains about' },
    ],
    'of a broker that tells its clients localhost': [
      aSnapshot({
        objects: [
          dying,
          aPod('kafka', {
            containers: [
              aContainer('kafka', {
                env: [{ name: 'KAFKA_ADVERTISED_LISTENERS', value: 'PLAINTEXT://localhost:9092' }],
              }),
            ],
          }),
        ],
        logs: log(
          'WARN Connection to node 1 (localhost/127.0.0.1:9092) could not be established.',
          'ERROR TimeoutException: no position for partition orders-0',
        ),
      }),
      {
        object: 'Pod/api',
        problem: '(Pod/kafka tells its clients to come to localhost: env[KAFKA_ADVERTISED_LISTENERS]',
        fix: 'set KAFKA_ADVERTISED_LISTENERS of Pod/kafka to the name of its Service',
      },
    ],
    'of no setting when two have the value': [
      aSnapshot({
        objects: [
          dies(
            {},
            {
              env: [
                { name: 'A', value: '8x' },
                { name: 'B', value: '8x' },
              ],
            },
          ),
        ],
        logs: log("ValueError: invalid literal for int() with base 10: '8x'"),
      }),
      { object: 'Pod/api', fix: '[{"advice":"fix what the log complains about' },
    ],
    'of the argument that the program does not know': [
      aSnapshot({
        objects: [dies({}, { args: ['-config=a.yaml', '-log.levl=debug'] })],
        logs: log('flag provided but not defined: -log.levl'),
      }),
      { object: 'Pod/api', problem: '(-log.levl stands in args of container app)' },
    ],
    'of the Secret that the words name': [
      aSnapshot({
        objects: [
          dies(
            {},
            {
              env: [
                { name: 'AIRFLOW__CORE__FERNET_KEY', valueFrom: { secretKeyRef: { name: 'airflow', key: 'fernet' } } },
              ],
            },
          ),
        ],
        logs: log('ERROR Could not create Fernet object: Fernet key must be 32 bytes'),
      }),
      { object: 'Pod/api', problem: 'takes it from Secret/airflow key fernet' },
    ],
    'of a line break in a header': [
      aSnapshot({
        objects: [dies({}, { env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'gh', key: 'token' } } }] })],
        logs: log('fatal: Get "https://x": net/http: invalid header field value for "Authorization"'),
      }),
      { object: 'Pod/api', problem: 'env[TOKEN] takes it from Secret/gh key token', fix: 'without a line break' },
    ],
    'of a key that others may read': [
      aSnapshot({
        objects: [
          aPod('api', {
            spec: { volumes: [{ name: 'k', secret: { secretName: 'ssh' } }] },
            containers: [aContainer('app', { ...crashed(failed), volumeMounts: [{ name: 'k', mountPath: '/ssh' }] })],
          }),
        ],
        logs: log("Permissions 0644 for '/ssh/id_rsa' are too open.", 'git@github.com: Permission denied (publickey).'),
      }),
      {
        object: 'Pod/api',
        problem: '(volumes[k] gives /ssh/id_rsa the mode 0644',
        fix: 'set defaultMode: 0400 in volumes[k]',
      },
    ],
    'of a data directory with lost+found': [
      aSnapshot({
        objects: [
          aPod('api', {
            spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data-0' } }] },
            containers: [
              aContainer('app', {
                ...crashed(failed),
                image: 'postgres:16',
                volumeMounts: [{ name: 'd', mountPath: '/pg/data' }],
              }),
            ],
          }),
        ],
        logs: log('initdb: error: directory "/pg/data" exists but is not empty'),
      }),
      {
        object: 'Pod/api',
        problem: 'is the root of the volume of PersistentVolumeClaim/data-0',
        fix: 'set PGDATA=/pg/data/pgdata',
      },
    ],
    'of no mount point where the claim has a subPath': [
      aSnapshot({
        objects: [
          aPod('api', {
            spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data-0' } }] },
            containers: [
              aContainer('app', {
                ...crashed(failed),
                volumeMounts: [{ name: 'd', mountPath: '/pg/data', subPath: 'a' }],
              }),
            ],
          }),
        ],
        logs: log('initdb: error: directory "/pg/data" exists but is not empty'),
      }),
      { object: 'Pod/api', fix: '[{"advice":"fix what the log complains about' },
    ],
    'of an emptyDir that only it mounts': [
      aSnapshot({
        objects: [
          aPod('api', {
            spec: { volumes: [{ name: 'c', emptyDir: {} }] },
            containers: [aContainer('app', { ...crashed(failed), volumeMounts: [{ name: 'c', mountPath: '/conf' }] })],
          }),
        ],
        logs: log('Error: open /conf/app.yaml: no such file or directory'),
      }),
      { object: 'Pod/api', problem: '(volumes[c] at /conf is an emptyDir that no other container mounts' },
    ],
    'of privileges that it may not gain': [
      aSnapshot({
        objects: [dies({}, { securityContext: { allowPrivilegeEscalation: false } })],
        logs: log('sudo: The "no new privileges" flag is set, which prevents sudo from running as root.'),
      }),
      { object: 'Pod/api', problem: 'securityContext.allowPrivilegeEscalation of container app is false' },
    ],
    'of a capability that the program names itself': [
      aSnapshot({
        objects: [dies({}, { securityContext: { capabilities: { drop: ['NET_RAW'] } } })],
        logs: log('ping: => missing cap_net_raw+p capability or setuid?'),
      }),
      { object: 'Pod/api', problem: 'capabilities.drop takes NET_RAW from it' },
    ],
    'of memory that may not be locked': [
      aSnapshot({
        objects: [dying],
        logs: log('Error initializing core: Failed to lock memory: cannot allocate memory'),
      }),
      { object: 'Pod/api', problem: 'that needs the capability IPC_LOCK' },
    ],
    'of the log of an instance that runs for a moment only, when the one before is gone': [
      aSnapshot({
        objects: [
          aPod('api', {
            containers: [
              aContainer('app', {
                status: {
                  ready: true,
                  restartCount: 4,
                  state: { running: { startedAt: minutesAgo(0) } },
                  lastState: { terminated: { ...failed, startedAt: minutesAgo(0.3), finishedAt: minutesAgo(0.29) } },
                },
              }),
            ],
          }),
        ],
        logs: log('FATAL no license'),
      }),
      { object: 'Pod/api', problem: 'no license' },
    ],
  },
});
