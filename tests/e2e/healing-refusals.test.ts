import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apply, kubectl } from './bed.ts';
import { aHealer, type Healer, healersOf } from './healer.ts';
import { aBarePod, aServiceOf, aWorkload } from './workloads.ts';

const healers = healersOf('no');
let healer: Healer;
let namespace: string;

beforeAll(async () => {
  healer = await healers.in('heal');
  ({ namespace } = healer);
  await apply(namespace, aWorkload('web'));
  await apply(namespace, aWorkload('paused', { replicas: 0, spec: { paused: true } }));
  await apply(namespace, aServiceOf('web'));
  await apply(namespace, aBarePod('bare'));
  await apply(namespace, aBarePod('leaving', { pod: { terminationGracePeriodSeconds: 600 } }));
  await kubectl('rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=60s');
  await kubectl('wait', '--for=condition=ready', 'pod/leaving', 'pod/bare', '-n', namespace, '--timeout=60s');
  await kubectl('delete', 'pod/leaving', '-n', namespace, '--wait=false');
});

afterAll(async () => {
  await kubectl('delete', 'pod/leaving', '-n', namespace, '--force', '--grace-period=0');
  await healers.end();
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
    ['for a kind without a rollout', ['restart', 'pod/bare'], /G2: A Pod has no rolling restart.*\n.*evict_pod/],
    [
      'for a kind without replicas',
      ['scale', 'service/web', '--replicas=2'],
      /G2: Service\/web has no spec\.replicas.*\nName a Deployment/,
    ],
    ['for a pod that nobody makes anew', ['evict', 'pod/bare'], /G12: Pod\/bare has no owner/],
    [
      'for a pod that ends',
      ['evict', 'pod/leaving'],
      /G13: Pod\/leaving is being terminated already.*\nWait; .* Nothing is deleted by force/,
    ],
    [
      'for what is paused',
      ['restart', 'deployment/paused'],
      /G19: The rollout of Deployment\/paused is paused.*\n.*resume/,
    ],
    ['for what is not there', ['restart', 'deployment/wbe'], /does not exist.*\nDid you mean web/],
    [
      'in a namespace of Kubernetes',
      ['restart', 'deployment/x', '-n', 'kube-system'],
      /G14: kube-system is a system namespace.*\n.*kubectl/,
    ],
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
});
