import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apply, eventually, kubectl } from './bed.ts';
import { aHealer, type Healer, healersOf, podsOf } from './healer.ts';
import { aBarePod, aServiceOf, aWorkload } from './workloads.ts';

const healers = healersOf('no');
let healer: Healer;
let namespace: string;

beforeAll(async () => {
  healer = await healers.in('heal');
  ({ namespace } = healer);
  for (const name of ['web', 'optout', 'scaled']) await apply(namespace, aWorkload(name));
  await apply(namespace, aServiceOf('web'));
  await apply(namespace, aBarePod('bare'));
  await apply(namespace, aBarePod('leaving', { pod: { terminationGracePeriodSeconds: 600 } }));
  await apply(namespace, autoscaler);
  await kubectl('annotate', 'deployment/optout', 'kubemend.dev/heal=false', '-n', namespace);
  for (const name of ['web', 'optout', 'scaled']) await rolledOut(name);
  await kubectl('wait', '--for=condition=ready', 'pod/leaving', 'pod/bare', '-n', namespace, '--timeout=60s');
  await kubectl('delete', 'pod/leaving', '-n', namespace, '--wait=false');
});

afterAll(async () => {
  await kubectl('delete', 'pod/leaving', '-n', namespace, '--force', '--grace-period=0');
  await healers.end();
});

const rolledOut = (name: string): Promise<string> =>
  kubectl('rollout', 'status', `deployment/${name}`, '-n', namespace, '--timeout=60s');

const autoscaler = JSON.stringify({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'scaled' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'scaled' },
    minReplicas: 2,
    maxReplicas: 4,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
  },
});

const image = (name: string) => ['set-image', 'deployment/web', '--container', 'app', '--image', name];
const scale = (replicas: string) => ['scale', 'deployment/web', `--replicas=${replicas}`];

describe('no plan is made', () => {
  it.concurrent.each<[string, readonly string[], RegExp]>([
    ['of -1 replicas', scale('-1'), /replicas: .*>=0|replicas: .*at least 0|too small/i],
    ['of 1,000,000,000 replicas', scale('1000000000'), /replicas: .*10000/],
    ['of more replicas than the policy has', scale('5000'), /G23: 5000 replicas .* caps\.max_replicas/],
    ['of half a replica', scale('1.5'), /replicas/],
    ['of no replica behind a Service', scale('0'), /G27: With 0 replicas .* nothing stands behind Service\/web/],
    ['for the image latest', image('busybox:latest'), /G39: "busybox:latest" names whatever was pushed last/],
    ['for an image without a tag', image('busybox'), /G39: "busybox" names whatever was pushed last/],
    ['for no image', image(''), /image: is no name of an image/],
    ['for an image that never ran', image('nginx:1.27'), /G39: "nginx:1\.27" was in no revision and no pod/],
    ['for an image with words after it', image('nginx:1.27; kubectl delete ns'), /image: is no name of an image/],
    ['for a kind without a rollout', ['restart', 'pod/bare'], /A Pod has no rolling restart.*\n.*evict_pod/],
    ['for a kind without replicas', ['scale', 'service/web', '--replicas=2'], /no spec\.replicas/],
    ['for a pod that nobody makes anew', ['evict', 'pod/bare'], /G12: Pod\/bare has no owner/],
    ['for a pod that ends', ['evict', 'pod/leaving'], /Pod\/leaving is being terminated already/],
    ['for an object that opts out', ['restart', 'deployment/optout'], /G15: .*kubemend\.dev\/heal: false/],
    [
      'against an autoscaler',
      ['scale', 'deployment/scaled', '--replicas=3'],
      /G18: HorizontalPodAutoscaler\/scaled sets/,
    ],
    ['for what is not there', ['restart', 'deployment/wbe'], /does not exist.*\nDid you mean web/],
    ['in a namespace of Kubernetes', ['restart', 'deployment/x', '-n', 'kube-system'], /system namespace/],
    ['with a yes beforehand', ['restart', 'deployment/web', '--yes'], /--yes needs --plan/],
    ['with an argument that approves', ['restart', 'deployment/web', '--confirm'], /unknown option/],
  ])('%s', async (_, words, said) => {
    expect(await healer.refusal(...words)).toMatch(said);
  });

  it.concurrent('for what an owner sets again', async () => {
    const sets = await kubectl('get', 'replicaset', '-n', namespace, '-l', 'app=web', '-o', 'name');

    expect(await healer.refusal('scale', sets.trim().replace('.apps', ''), '--replicas=3')).toMatch(
      /G16: Deployment\/web owns .*\nact on Deployment\/web/,
    );
  });

  it.concurrent('for the namespace that kubemend runs in', async () => {
    const own = aHealer(namespace, { env: { POD_NAMESPACE: namespace } });

    expect(await own.refusal('restart', 'deployment/web')).toMatch(/G14: .*in the namespace of kubemend itself/);
  });

  it.concurrent('while people have paused healing', async () => {
    const paused = aHealer(namespace, { policy: 'paused: true' });

    expect(await paused.refusal('restart', 'deployment/web')).toMatch(/G30: The policy pauses all healing/);
  });

  it.concurrent('beyond what the policy lets be', async () => {
    const advised = aHealer(namespace, { policy: 'rules: [{ actions: [restart_workload], tier: advice }]' });

    expect(await advised.refusal('restart', 'deployment/web')).toMatch(/G1: The policy only gives advice/);
    await advised.plan(...scale('3'));
  });
});

describe('a workload that changes already', () => {
  it.concurrent('is not restarted while it is paused', async () => {
    const { namespace: home, refusal } = await healers.in('paused');
    await apply(home, aWorkload('web', { spec: { paused: true } }));

    expect(await refusal('restart', 'deployment/web')).toMatch(
      /G19: The rollout of Deployment\/web is paused.*\n.*resume/,
    );
  });

  it.concurrent('is not restarted amid a rollout', async () => {
    const { namespace: home, refusal } = await healers.in('rolling');
    await apply(home, aWorkload('web'));
    await kubectl('rollout', 'status', 'deployment/web', '-n', home, '--timeout=60s');
    const readinessProbe = { exec: { command: ['false'] } };
    await apply(home, aWorkload('web', { container: { readinessProbe } }));
    await eventually(async () => expect(await podsOf('web', home)).toHaveLength(3));

    expect(await refusal('restart', 'deployment/web')).toMatch(/G19: A rollout of Deployment\/web is under way/);
  });

  it.concurrent('rests after an action, unless a policy says otherwise', async () => {
    const { namespace: home, heal, refusal } = await healers.in('rest', { policy: '{}' });
    await apply(home, aWorkload('web'));
    await kubectl('rollout', 'status', 'deployment/web', '-n', home, '--timeout=60s');
    await heal('restart', 'deployment/web');

    expect(await refusal('restart', 'deployment/web')).toMatch(/G25: restart_workload on Deployment\/web succeeded/);
  });
});
