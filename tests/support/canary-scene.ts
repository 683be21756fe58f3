import type { KubernetesObject } from '../../src/engines/objects.ts';
import type { ResourceType } from '../../src/kubernetes/ports.ts';
import { aContainer, anEvent, anObject, aPod, crashed, minutesAgo, ownedBy, waiting } from './builders.ts';
import { type Canaries, createCanaries } from './canaries.ts';
import { canaryConfig } from './canary-config.ts';
import { aLiveDeployment, aRevision } from './healing.ts';
import { aNode } from './nodes.ts';
import { aPrivateKey, secretLines } from './secret-lines.ts';

/** A namespace `shop` with a secret in every place that can hold one, as a fake API server serves it. */
export interface CanaryScene {
  readonly canaries: Canaries;
  readonly objects: readonly KubernetesObject[];
  readonly logs: Readonly<Record<string, readonly string[]>>;
  readonly types: readonly ResourceType[];
}

export const widgetType: ResourceType = {
  group: 'shop.example',
  version: 'v1',
  resource: 'widgets',
  kind: 'Widget',
  namespaced: true,
  verbs: ['get', 'list', 'watch'],
  shortNames: [],
};

/** @param salt see {@link createCanaries}. */
export function canaryScene(salt?: string): CanaryScene {
  const canaries = createCanaries(salt);
  const at = (place: string) => canaries.at(place);
  const workload = brokenDeployment(canaries);
  const [pod] = workload.pods;
  if (pod === undefined) throw new Error('A Deployment has pods.');
  const failing = failingPods(canaries);
  return {
    canaries,
    types: [widgetType],
    objects: [
      anObject('Namespace', 'default'),
      aNode('node-2'),
      anObject('Namespace', 'shop', { metadata: { annotations: applied(at('namespace last-applied')) } }),
      ...workload.objects,
      ...failing,
      ...canaryConfig(canaries),
      nodeWith(canaries),
      anEvent(pod, 'BackOff', `Back-off pulling https://shop:${at('event URL')}@registry.example/app`),
      anEvent(workload.deployment, 'FailedCreate', `pods "web" is forbidden: password=${at('event of a Deployment')}`),
      ...failing.map((each) =>
        anEvent(each, 'Failed', `Error: token "${at(`event of ${each.metadata.name}`)}" expired`),
      ),
    ] as readonly KubernetesObject[],
    logs: {
      [`shop/${pod.metadata.name}/app`]: logOf(canaries, 'log'),
      [`shop/${pod.metadata.name}/app?previous`]: logOf(canaries, 'previous log'),
      'shop/starting/prepare': logOf(canaries, 'log of an init container'),
      'shop/starting/prepare?previous': logOf(canaries, 'previous log of an init container'),
      'shop/ended/app': logOf(canaries, 'log of a Job'),
    },
  };
}

/** What kubectl writes down of an object, with every value. */
const applied = (secret: string) => ({
  'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({
    metadata: { name: 'x' },
    spec: { env: [{ name: 'PLAIN', value: secret }] },
    data: { any: Buffer.from(secret).toString('base64') },
  }),
});

const managed = (secret: string) => [
  {
    manager: 'kubectl',
    operation: 'Update',
    time: minutesAgo(30),
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:spec': { [`v:"${secret}"`]: {}, [`k:{"name":"${secret}"}`]: {} } },
  },
];

/** Deployment/web crashes since its second revision; the first was healthy. */
function brokenDeployment(canaries: Canaries) {
  const at = (place: string) => canaries.at(place);
  const message = `exited: cannot log in with password=${at('termination message')}`;
  const container = aContainer('app', {
    command: ['sh', '-c', `curl -u shop:${at('command')} https://api.example/`],
    args: ['--password', at('argument after a flag'), `--api-key=${at('argument with a flag')}`, '--port', '8080'],
    env: [
      { name: 'DB_PASSWORD', value: at('env') },
      { name: 'API_TOKEN', value: at('env token') },
      { name: 'DATABASE_URL', value: `postgres://shop:${at('env URL')}@db:5432/shop` },
      { name: 'CONFIG', value: JSON.stringify({ password: at('env JSON') }) },
      { name: 'OPTIONS', value: `-Xmx1g -Ddb.password=${at('env option')}` },
      { name: 'LISTEN', value: '8080' },
    ],
    livenessProbe: {
      httpGet: {
        path: `/live?token=${at('probe path')}`,
        port: 8080,
        httpHeaders: [
          { name: 'Authorization', value: at('probe header') },
          { name: 'X-Api-Key', value: at('probe key header') },
        ],
      },
    },
    lifecycle: { preStop: { exec: { command: ['sh', '-c', `logout --token ${at('hook')}`] } } },
    ...crashed({ exitCode: 1, reason: 'Error', message }),
  });
  const metadata = {
    annotations: {
      ...applied(at('last-applied of a Deployment')),
      'deployment.kubernetes.io/revision': '2',
      'shop.example/api-key': at('annotation key'),
      'shop.example/note': `the password is ${at('annotation text')}`,
    },
    managedFields: managed(at('managedFields')),
  };
  const made = aLiveDeployment({
    replicas: 2,
    metadata,
    pod: { containers: [container], metadata: { annotations: applied(at('last-applied of a pod')) } },
    spec: { replicas: 3 },
    status: {
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: 1,
      availableReplicas: 1,
      conditions: [
        { type: 'Available', status: 'False', reason: 'Few', message: `password: ${at('condition of a Deployment')}` },
      ],
    },
  });
  const older = {
    ...container.spec,
    image: 'registry.example/app:0.9',
    args: ['--password', at('argument of an older revision'), '--port', '8080'],
    env: [{ name: 'DB_PASSWORD', value: at('env of an older revision') }],
  };
  const revision = aRevision(made.deployment, 1, { image: older.image, ready: 1, replicas: 1 });
  const old = {
    ...revision,
    metadata: { ...revision.metadata, labels: { app: 'web' } },
    spec: { ...revision.spec, template: { ...made.deployment.spec?.template, spec: { containers: [older] } } },
  };
  const left = aPod('web-r1-x', { metadata: { labels: { app: 'web' }, ...ownedBy(old) } });
  const current = {
    ...made.replicaSet,
    metadata: { ...made.replicaSet.metadata, annotations: { 'deployment.kubernetes.io/revision': '2' } },
  };
  return { deployment: made.deployment, pods: made.pods, objects: [made.deployment, old, current, ...made.pods, left] };
}

/** Pods that cannot pull, cannot start and have failed. */
function failingPods(canaries: Canaries) {
  const at = (place: string) => canaries.at(place);
  const pulling = `Failed to pull image "app": Get "https://shop:${at('pull error')}@registry.example/v2/": 401`;
  const prepare = aContainer('prepare', {
    init: true,
    env: [{ name: 'INIT_SECRET', value: at('env of an init container') }],
    args: [`mysql -h db -p${at('argument of an init container')} shop`],
    ...crashed({ exitCode: 2, reason: 'Error', message: `client_secret=${at('message of an init container')}` }),
  });
  const job = anObject('Job', 'ended', {
    metadata: { annotations: applied(at('last-applied of a Job')) },
    spec: { template: { spec: { containers: [{ name: 'app', args: ['--token', at('argument of a Job')] }] } } },
    status: {
      failed: 1,
      conditions: [{ type: 'Failed', status: 'True', message: `token=${at('condition of a Job')}` }],
    },
  });
  return [
    aPod('pulling', { containers: [aContainer('app', waiting('ImagePullBackOff', pulling))] }),
    aPod('starting', {
      containers: [prepare, aContainer('app', waiting('PodInitializing'))],
      status: { phase: 'Pending' },
    }),
    aPod('refused', {
      containers: [],
      spec: { containers: [{ name: 'app', image: 'app' }], nodeName: undefined },
      status: {
        phase: 'Pending',
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'X',
            message: `webhook: Bearer ${at('condition of a pod')}`,
          },
        ],
      },
    }),
    aPod('ended', {
      metadata: ownedBy(job),
      status: { phase: 'Failed', reason: 'Evicted', message: `secret: ${at('message of a pod')}` },
      containers: [
        aContainer('app', {
          status: { state: { terminated: { exitCode: 3, message: `password="${at('message of a Job')}"` } } },
        }),
      ],
    }),
    job,
  ];
}

function nodeWith(canaries: Canaries) {
  const message = `kubelet cannot log in: password=${canaries.at('condition of a node')}`;
  const pressure = { type: 'DiskPressure', status: 'True', reason: 'KubeletHasDiskPressure', message };
  return aNode('node-1', {
    annotations: { 'shop.example/bootstrap-token': canaries.at('annotation of a node') },
    conditions: [{ type: 'Ready', status: 'True' }, pressure],
  });
}

/** A line of each form, a key over several lines, and a trace. */
const logOf = (canaries: Canaries, where: string): readonly string[] => [
  ...secretLines(canaries, where),
  ...aPrivateKey(canaries.at(`${where}: key over lines`)).split('\n'),
  'Exception in thread "main" java.lang.IllegalStateException: cannot start',
  `\tat Db.open(url=jdbc:mysql://shop:${canaries.at(`${where}: frame`)}@db/shop)`,
  `Caused by: java.sql.SQLException: login failed, password=${canaries.at(`${where}: cause`)}`,
  'fatal: giving up',
];
