import { afterAll, describe, expect, it } from 'vitest';
import { apply, eventually, kubectl } from './bed.ts';
import { type Healer, healersOf, objectOf, podsOf } from './healer.ts';
import { aBudgetOver, aWorkload } from './workloads.ts';

const healers = healersOf('race');
afterAll(() => healers.end());

const web = 'deployment/web';
const rolledOut = (namespace: string): Promise<string> =>
  kubectl('rollout', 'status', web, '-n', namespace, '--timeout=60s');

async function running(name: string): Promise<Healer> {
  const healer = await healers.in(name);
  await apply(healer.namespace, aWorkload('web'));
  await rolledOut(healer.namespace);
  return healer;
}

type Meddling = (namespace: string) => Promise<unknown>;
const template: Meddling = (namespace) => kubectl('set', 'env', web, 'VERSION=2', '-n', namespace);
const count: Meddling = (namespace) => kubectl('scale', web, '--replicas=4', '-n', namespace);
const pause: Meddling = (namespace) => kubectl('rollout', 'pause', web, '-n', namespace);
const gone: Meddling = (namespace) => kubectl('delete', web, '-n', namespace, '--cascade=foreground');
const anew: Meddling = async (namespace) => {
  await gone(namespace);
  await apply(namespace, aWorkload('web'));
  await rolledOut(namespace);
};
const optOut: Meddling = (namespace) => kubectl('annotate', web, 'kubemend.dev/heal=false', '-n', namespace);
const scaler: Meddling = (namespace) => kubectl('autoscale', web, '--min=2', '--max=5', '-n', namespace);

const conflict = /Deployment\/web is not as it was when this was planned.* Nothing has changed/;

describe.concurrent('between plan and approval', () => {
  it.each<[string, Meddling, readonly string[], RegExp]>([
    ['somebody changes the template', template, ['restart', web], conflict],
    ['somebody scales it', count, ['scale', web, '--replicas=3'], conflict],
    ['somebody pauses it', pause, ['restart', web], conflict],
    [
      'it is deleted',
      gone,
      ['restart', web],
      /when this was planned: Deployment\/web .* does not exist\. Nothing has changed/,
    ],
    ['it is deleted and made anew', anew, ['scale', web, '--replicas=3'], conflict],
    ['its owner opts out', optOut, ['restart', web], conflict],
    ['an autoscaler takes it over', scaler, ['scale', web, '--replicas=3'], /G18: HorizontalPodAutoscaler\/web sets/],
  ])('%s: nothing is changed', async (what, meddle, words, said) => {
    const { namespace, plan, approve, run } = await running(what.replaceAll(' ', '-').slice(0, 40));
    const planned = await plan(...words);
    await meddle(namespace);
    const left = async () => (await kubectl('get', web, '-n', namespace, '--ignore-not-found', '-o', 'json')) || '{}';
    const specLeft = async () => (JSON.parse(await left()) as { spec?: object }).spec;
    const before = await specLeft();

    const { status, stdout, stderr } = await approve(planned);

    expect([status, stdout, stderr]).toEqual([2, planned.text, expect.stringMatching(said)]);
    expect(await specLeft()).toEqual(before);
    expect((await run('list', planned.id)).stdout).toContain('expired: not applied, nothing has changed: ');
  });

  it('a budget comes: the pod stays', async () => {
    const { namespace, plan, approve } = await running('budget');
    const pods = await podsOf('web', namespace);
    const planned = await plan('evict', `pod/${pods[0]}`);
    await apply(namespace, aBudgetOver('web', { maxUnavailable: 0 }));
    await eventually(async () =>
      expect((await objectOf('poddisruptionbudget/web', namespace)).status).toMatchObject({ currentHealthy: 2 }),
    );

    const { status, stderr } = await approve(planned);

    expect([status, stderr]).toEqual([2, expect.stringMatching(/G11: .*PodDisruptionBudget\/web/)]);
    expect(await podsOf('web', namespace)).toEqual(pods);
  });

  it('nothing but status moves: it is applied', async () => {
    const { namespace, plan, approve } = await running('status');
    const planned = await plan('scale', web, '--replicas=3');
    const [pod = ''] = await podsOf('web', namespace);
    await kubectl('delete', 'pod', pod, '-n', namespace);
    await rolledOut(namespace);

    expect(await approve(planned)).toMatchObject({ status: 0 });
  });
});

describe.concurrent('after an action', () => {
  it('what somebody changed since is not undone', async () => {
    const { namespace, heal, refusal } = await running('since');
    const done = await heal('scale', web, '--replicas=3');
    await template(namespace);
    await rolledOut(namespace);

    expect(await refusal('undo', done.id)).toMatch(/Deployment\/web was changed (?:since|after) action/);
    expect((await objectOf(web, namespace)).spec).toMatchObject({ replicas: 3 });
  });
});
