import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../../src/engines/diagnosis/diagnose.ts';
import { defineRule, type Finding, type Rule } from '../../../../src/engines/diagnosis/rule.ts';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import { aContainer, aDeployment, anObject, minutesAgo, someData, waiting } from '../../../support/builders.ts';

const missingKey = waiting('CreateContainerConfigError', "couldn't find key DATABASE_URL in ConfigMap shop/api-config");
const aService = (name: string, app: string) => anObject('Service', name, { spec: { selector: { app } } });
const aSlice = (service: string, ready: boolean) =>
  anObject('EndpointSlice', `${service}-1`, {
    metadata: { labels: { 'kubernetes.io/service-name': service } },
    endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready } }],
  });
const anIngress = (name: string, service: string) =>
  anObject('Ingress', name, {
    spec: {
      rules: [
        {
          host: 'shop.test',
          http: { paths: [{ path: '/', backend: { service: { name: service, port: { number: 80 } } } }] },
        },
      ],
    },
  });

/** A rule that says this of every object it is given. */
const saying = (
  id: string,
  finding: (Omit<Finding, 'evidence' | 'fixes' | 'certainty'> & Partial<Finding>) | undefined,
  more: Partial<Rule> = {},
): Rule =>
  defineRule({
    id,
    title: id,
    area: 'pod',
    class: 'cause',
    severity: 'high',
    meaning: '',
    detection: '',
    remedies: [],
    avoid: [],
    check: () =>
      finding === undefined
        ? []
        : [
            {
              certainty: 'declared',
              evidence: [{ object: finding.subject, source: 'status', text: id }],
              fixes: [],
              ...finding,
            },
          ],
    ...more,
  });
const podRef = (name: string) => ({ kind: 'Pod', namespace: 'shop', name });
const api = aDeployment('api', { replicas: 3, pod: { containers: [aContainer('app', missingKey)] } });
const everyApiPod: Rule = saying('config-key-missing', undefined, {
  check: (snapshot) =>
    snapshot
      .all('Pod')
      .filter(({ metadata }) => metadata.name.startsWith('api'))
      .map(({ metadata }) => ({
        subject: podRef(metadata.name),
        container: 'app',
        problem: 'cannot start: ConfigMap/api-config has no key DATABASE_URL',
        culprit: { kind: 'ConfigMap', namespace: 'shop', name: 'api-config' },
        certainty: 'declared' as const,
        evidence: [{ object: podRef(metadata.name), source: 'status' as const, text: `said by ${metadata.name}` }],
        fixes: [],
        since: minutesAgo(8),
      })),
});
const noEndpoints = saying(
  'svc-no-ready-endpoints',
  { subject: { kind: 'Service', namespace: 'shop', name: 'api' }, problem: 'has no ready endpoint' },
  { area: 'service', class: 'symptom' },
);
const shop: readonly KubernetesObject[] = [
  ...api.all,
  aService('api', 'api'),
  aSlice('api', false),
  anIngress('shop', 'api'),
];

describe('diagnose', () => {
  it('collapses replicas and folds the Service and the route under their cause', () => {
    const { verdict, causes } = diagnose(someData({ objects: shop }), [noEndpoints, everyApiPod]);

    expect(verdict).toBe('unhealthy');
    expect(causes.map(({ summary }) => summary)).toEqual([
      'Deployment/api cannot start: ConfigMap/api-config has no key DATABASE_URL',
    ]);
    expect(causes[0]?.chain.map(({ object, message }) => `${object.kind}/${object.name} ${message}`)).toEqual([
      'Deployment/api 3 of 3 pods in CreateContainerConfigError for 30 min',
      'Service/api has no endpoint',
      'Ingress/shop answers 503 on shop.test/',
    ]);
    expect(causes[0]?.affected).toMatchObject({
      pods: 3,
      services: ['Service/api'],
      routes: ['Ingress/shop shop.test/'],
    });
    expect(causes[0]).toMatchObject({
      confidence: 0.95,
      band: 'confirmed',
      severity: 'critical',
      id: 'config-key-missing:Deployment/shop/api#app',
    });
  });

  it('makes one cause of several workloads with the same culprit, on the culprit', () => {
    const worker = aDeployment('api-worker', { pod: { containers: [aContainer('app', missingKey)] } });

    const { causes } = diagnose(someData({ objects: [...api.all, ...worker.all] }), [everyApiPod]);

    expect(causes.map(({ object, summary }) => [object.name, summary])).toEqual([
      [
        'api-config',
        'Deployment/api and Deployment/api-worker cannot start: ConfigMap/api-config has no key DATABASE_URL',
      ],
    ]);
  });

  it('makes one cause of them too when only quantities differ', () => {
    const worker = aDeployment('api-worker', { pod: { containers: [aContainer('app', missingKey)] } });
    const full: Rule = saying('quota-exceeded', undefined, {
      check: (snapshot) =>
        everyApiPod
          .check(snapshot, [])
          .map((finding, index) => ({ ...finding, problem: `needs ${index} of pods`, alike: 'pods' })),
    });

    const { causes } = diagnose(someData({ objects: [...api.all, ...worker.all] }), [full]);

    expect(causes.map(({ summary }) => summary)).toEqual(['Deployment/api and Deployment/api-worker needs 0 of pods']);
  });

  it('keeps two independent faults apart, the routed one first', () => {
    const broken = aDeployment('mail', { pod: { containers: [aContainer('app', missingKey)] } });
    const mail = saying('oom-container-limit', { subject: podRef('mail-5d8f-0'), problem: 'runs out of memory' });

    const { causes } = diagnose(someData({ objects: [...shop, ...broken.all] }), [mail, noEndpoints, everyApiPod]);

    expect(causes.map(({ rule }) => rule)).toEqual(['config-key-missing', 'oom-container-limit']);
  });

  it('explains a victim by the Service that its log names, across namespaces', () => {
    const cart = aDeployment('cart', { pod: { containers: [aContainer('app', missingKey)] } });
    const elsewhere = aDeployment('db', {
      pod: { metadata: { namespace: 'data' }, containers: [aContainer('app', missingKey)] },
    });
    const db = elsewhere.all.map((object) => ({ ...object, metadata: { ...object.metadata, namespace: 'data' } }));
    const dbService = { kind: 'Service', namespace: 'data', name: 'db' };
    const victim = saying(
      'crash-dependency-down',
      { subject: podRef('cart-5d8f-0'), problem: 'cannot reach db.data', dependsOn: [dbService] },
      { class: 'symptom' },
    );
    const dead = saying(
      'svc-no-ready-endpoints',
      { subject: dbService, problem: 'has no ready endpoint' },
      { area: 'service', class: 'symptom' },
    );
    const cause = saying('image-tag-not-found', {
      subject: { kind: 'Pod', namespace: 'data', name: 'db-5d8f-0' },
      problem: 'cannot pull db:9',
    });
    const service = anObject('Service', 'db', { metadata: { namespace: 'data' }, spec: { selector: { app: 'db' } } });

    const { causes } = diagnose(someData({ scope: { namespace: 'shop' }, objects: [...cart.all, ...db, service] }), [
      victim,
      dead,
      cause,
    ]);

    expect(causes.map(({ summary }) => summary)).toEqual(['Deployment/db cannot pull db:9']);
    expect(causes[0]?.chain.map(({ object }) => object.name)).toEqual(['db', 'db', 'cart']);
  });

  it('does not let a cause elsewhere join the chain', () => {
    const decoy = saying('image-tag-not-found', { subject: podRef('unrelated'), problem: 'cannot pull x' });

    const { causes } = diagnose(someData({ objects: shop }), [decoy, noEndpoints, everyApiPod]);

    expect(causes.map(({ rule, chain }) => [rule, chain.length])).toEqual([
      ['config-key-missing', 3],
      ['image-tag-not-found', 0],
    ]);
  });

  it('shows only what concerns the object that was asked about', () => {
    const mail = saying('oom-container-limit', { subject: podRef('mail-0'), problem: 'runs out of memory' });
    const object = { kind: 'Service', namespace: 'shop', name: 'api' };

    const { causes } = diagnose(someData({ scope: { namespace: 'shop', object }, objects: shop }), [
      mail,
      noEndpoints,
      everyApiPod,
    ]);

    expect(causes.map(({ rule }) => rule)).toEqual(['config-key-missing']);
  });

  it('shows what is wrong with a node where it shows on a pod of the namespace, though it does not break it', () => {
    const node = { kind: 'Node', name: 'node-1' };
    const seenOn = (namespace: string) => ({
      subject: node,
      problem: 'has no certificate',
      evidence: [{ object: { ...podRef('api-0'), namespace }, source: 'status' as const, text: 'no log' }],
    });
    const here = saying('node-kubelet-certificate', seenOn('shop'), { area: 'node' });
    const elsewhere = saying('node-version-skew', seenOn('books'), { area: 'node' });

    const { causes } = diagnose(someData({ scope: { namespace: 'shop' }, objects: shop }), [here, elsewhere]);

    expect(causes.map(({ rule }) => rule)).toEqual(['node-kubelet-certificate']);
  });

  it('names the nearest object when the one that was asked about does not exist', () => {
    const object = { kind: 'Deployment', namespace: 'shop', name: 'apo' };

    expect(() =>
      diagnose(someData({ scope: { namespace: 'shop', object }, complete: ['Deployment'], objects: shop }), []),
    ).toThrow(expect.objectContaining({ code: 'not_found', hint: 'Did you mean api?' }));
  });

  it('is healthy when every read succeeded and nothing is wrong', () => {
    expect(diagnose(someData({ complete: ['Pod'] }), []).verdict).toBe('healthy');
  });

  it('cannot tell when pods could not be read, and says why', () => {
    const reads = [{ read: { verb: 'list', kind: 'Pod', namespace: 'shop', as: 'table' }, outcome: 'denied' }] as const;

    const { verdict, blind_spots } = diagnose(someData({ reads }), []);

    expect(verdict).toBe('unknown');
    expect(blind_spots).toEqual([
      { what: 'Pod in shop', why: 'reading is forbidden', consequence: 'pods that are broken may be missing here' },
    ]);
  });

  it('cannot tell when what was asked about could not be read', () => {
    const object = { kind: 'Secret', namespace: 'shop', name: 'db' };
    const reads = [{ read: { verb: 'get', ...object }, outcome: 'denied' }] as const;

    expect(diagnose(someData({ scope: { namespace: 'shop', object }, reads }), []).verdict).toBe('unknown');
    expect(diagnose(someData({ scope: { namespace: 'shop' }, reads }), []).verdict).toBe('healthy');
  });

  it('tells what was denied in few lines, what hides most first', () => {
    const denied = (kind: string) =>
      ({
        read: { verb: 'list', kind, namespace: 'shop', as: 'full' },
        outcome: 'denied',
        message: `list ${kind} is forbidden`,
      }) as const;

    const { blind_spots } = diagnose(
      someData({ reads: ['CronJob', 'Job', 'Service', 'EndpointSlice'].map(denied) }),
      [],
    );

    expect(blind_spots.map(({ what, why }) => [what, why])).toEqual([
      ['Service, EndpointSlice in shop', 'reading is forbidden'],
      ['CronJob, Job in shop', 'reading is forbidden'],
    ]);
  });

  it('keeps risks apart from causes', () => {
    const risk = saying(
      'image-tag-drift',
      { subject: podRef('api-5d8f-0'), problem: 'runs two images' },
      { class: 'risk' },
    );

    const { verdict, risks } = diagnose(someData({ objects: shop }), [risk]);

    expect([verdict, risks.map(({ rule }) => rule)]).toEqual(['healthy', ['image-tag-drift']]);
  });

  it('lists what changed before it began: the rollout with its differences', () => {
    const old = anObject('ReplicaSet', 'api-old', {
      metadata: {
        ownerReferences: api.replicaSet.metadata.ownerReferences,
        annotations: { 'deployment.kubernetes.io/revision': '1' },
      },
      spec: { template: { spec: { containers: [{ name: 'app', image: 'registry.example/app:0.9' }] } } },
    });
    const current = {
      ...api.replicaSet,
      metadata: {
        ...api.replicaSet.metadata,
        creationTimestamp: minutesAgo(31),
        annotations: { 'deployment.kubernetes.io/revision': '2' },
      },
    };

    const { causes } = diagnose(someData({ objects: [api.deployment, current, old, ...api.pods] }), [everyApiPod]);

    expect(causes[0]?.changes).toEqual([
      expect.objectContaining({
        what: expect.stringContaining(
          'rollout of revision 2: containers[app].image registry.example/app:0.9 → registry.example/app:1.0',
        ),
      }),
    ]);
  });
});

describe('a workload behind a Service', () => {
  const cart = aDeployment('cart', { pod: { containers: [aContainer('app', missingKey)] } });
  const database = aDeployment('db', { pod: { containers: [aContainer('app', missingKey)] } });
  const service = { kind: 'Service', namespace: 'shop', name: 'db' };
  const objects = [...cart.all, ...database.all, aService('db', 'db'), aSlice('db', true)];
  const victimFinding = { subject: podRef('cart-5d8f-0'), problem: 'cannot reach db', dependsOn: [service] };
  const victim = (id: string) => saying(id, victimFinding);
  const culprit = (id: string) => saying(id, { subject: podRef('db-5d8f-0'), problem: 'crashes' });

  it('explains its clients even while its endpoint is ready between crashes', () => {
    const { causes } = diagnose(someData({ objects }), [victim('crash-dependency-down'), culprit('crash-app-error')]);

    expect(causes.map(({ summary }) => summary)).toEqual(['Deployment/db crashes']);
  });

  it('explains clients that fail in the same words', () => {
    const rule = saying('crash-app-error', undefined, {
      check: (snapshot, found) => ['cart', 'db'].flatMap((name) => both(name).check(snapshot, found)),
    });
    const both = (name: string) => (name === 'cart' ? victim('crash-app-error') : culprit('crash-app-error'));

    const { causes } = diagnose(someData({ objects }), [rule]);

    expect(causes.map(({ summary }) => summary)).toEqual(['Deployment/db crashes']);
  });

  it('does not explain a client by another fault of the client', () => {
    const own = saying('oom-container-limit', { subject: podRef('cart-5d8f-0'), problem: 'runs out of memory' });

    const { causes } = diagnose(someData({ objects }), [victim('crash-dependency-down'), own]);

    expect(causes).toHaveLength(2);
  });

  it('does not explain a container by what another one beside it is refused', () => {
    const subject = podRef('cart-5d8f-0');
    const refused = saying('rbac-forbidden-workload', { subject, container: 'sidecar', problem: 'may not list pods' });
    const unready = (container: string) =>
      saying('probe-readiness-5xx', { subject, container, problem: 'is not ready' }, { class: 'symptom' });

    expect(diagnose(someData({ objects }), [refused, unready('app')]).causes).toHaveLength(2);
    expect(diagnose(someData({ objects }), [refused, unready('sidecar')]).causes).toHaveLength(1);
  });

  it.each([
    ['began long after the client failed', minutesAgo(5), 2],
    ['seems to begin within the tolerance of clocks', minutesAgo(29.5), 1],
  ])('is weighed by time: what %s', (_, since, count) => {
    const client = { ...victimFinding, since: minutesAgo(30) };
    const server = saying('crash-app-error', { subject: podRef('db-5d8f-0'), problem: 'crashes', since });

    const { causes } = diagnose(someData({ objects }), [saying('crash-dependency-down', client), server]);

    expect(causes).toHaveLength(count);
  });

  it('leaves one root when two workloads blame each other', () => {
    const cartService = { kind: 'Service', namespace: 'shop', name: 'cart' };
    const blaming = saying('crash-dependency-down', undefined, {
      check: (snapshot, found) =>
        [
          victimFinding,
          { subject: podRef('db-5d8f-0'), problem: 'cannot reach cart', dependsOn: [cartService] },
        ].flatMap((finding) => saying('crash-dependency-down', finding).check(snapshot, found)),
    });

    const { causes } = diagnose(someData({ objects: [...objects, aService('cart', 'cart')] }), [blaming]);

    expect(causes).toHaveLength(1);
  });

  it('is explained by the nearest cause, though a farther one is more certain', () => {
    const near = { subject: service, problem: 'selects no pod', certainty: 'inferred' as const };
    const nearest = saying('svc-selector-matches-nothing', near, { area: 'service' });

    const { causes } = diagnose(someData({ objects }), [
      culprit('crash-app-error'),
      victim('crash-dependency-down'),
      nearest,
    ]);

    const explaining = causes.find(({ chain }) => chain.some(({ message }) => message === 'cannot reach db'));
    expect(explaining?.rule).toBe('svc-selector-matches-nothing');
  });

  it('shows a broken Gateway of another namespace to the one whose routes it serves', () => {
    const route = {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { parentRefs: [{ name: 'edge', namespace: 'infra' }] },
    } as KubernetesObject;
    const edge = { kind: 'Gateway', namespace: 'infra', name: 'edge' };
    const broken = saying(
      'gateway-not-programmed',
      { subject: edge, problem: 'is served by nobody' },
      { area: 'route' },
    );
    const rulesOf = (namespace: string) =>
      diagnose(someData({ scope: { namespace }, objects: [route] }), [broken]).causes.map(({ rule }) => rule);

    expect(rulesOf('shop')).toEqual(['gateway-not-programmed']);
    expect(rulesOf('calm')).toEqual([]);
  });
});
