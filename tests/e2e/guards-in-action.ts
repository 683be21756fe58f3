import { afterAll, describe, expect, it } from 'vitest';
import { eventually, kubectl } from './bed.ts';
import { aConfigMap, reading } from './guard-faults.ts';
import { applied, available } from './guard-places.ts';
import { aLesserUser, failingWrites, removed } from './guard-policies.ts';
import { aHealer, type Healer, healersOf, objectOf, podsOf, specOf, under, unlimited } from './healer.ts';
import { aWorkload, type Wanted } from './workloads.ts';

// What shows only once something is done, or has been.

const healers = healersOf('doing');
const made: Healer[] = [];
const [web, other] = ['deployment/web', 'deployment/other'];

afterAll(async () => {
  await removed(made);
  await healers.end();
});

async function placed(place: string, policy?: string): Promise<Healer> {
  const healer = await healers.in(place, policy === undefined ? {} : { policy });
  made.push(healer);
  return healer;
}

/** Deployments that are available, and whoever heals them. */
async function running(place: string, names: readonly string[], wanted: Wanted & { policy?: string } = {}) {
  const healer = await placed(place, wanted.policy);
  await applied(healer.namespace, ...names.map((name) => aWorkload(name, { replicas: 1, ...wanted })));
  await available(healer.namespace, ...names);
  return healer;
}

/** That it has been scaled to 2. */
const written = (namespace: string, object: string): Promise<string> =>
  kubectl('wait', object, '-n', namespace, '--for=jsonpath={.spec.replicas}=2', '--timeout=60s');

const inThreeDays = (): string =>
  new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'UTC' }).format(Date.now() + 3 * 86_400_000);

describe.concurrent('a guard of what is done', () => {
  it('G3 takes no plan for something else, nor twice; but once for what was shown', async () => {
    const { plan, run, approve } = await running('bound', ['web']);
    const planned = await plan('restart', web);

    const stray = await run('scale', web, '--replicas=2', '--plan', planned.id, '--yes');
    const first = await approve(planned);
    const second = await approve(planned);

    expect([stray.status, first.status, second.status]).toEqual([2, 0, 2]);
    expect(stray.stderr).toMatch(
      /G3: The approval was for a different action\.\nCall it with the arguments of the plan/,
    );
    expect(second.stderr).toMatch(/G3: The plan \S+ was used already: it is healthy\.\nlist_actions tells/);
  });

  it('G5 leaves alone what has mended itself; but not what is still broken', async () => {
    const { namespace, plan, approve } = await placed('mended');
    await applied(namespace, reading('web'), reading('other'));
    await eventually(async () =>
      expect((await kubectl('get', 'pods', '-n', namespace)).match(/CreateContainerConfigError/g)).toHaveLength(2),
    );
    const [mended, broken] = [await plan('scale', web, '--replicas=2'), await plan('scale', other, '--replicas=2')];
    await applied(namespace, aConfigMap('web'));
    await available(namespace, 'web');

    const late = await approve(mended);
    const going = approve(broken);
    await written(namespace, other);
    await applied(namespace, aConfigMap('other'));
    const due = await going;

    expect([late.status, due.status]).toEqual([2, 0]);
    expect(late.stderr).toMatch(
      /G5: config-object-missing on Deployment\/web is no longer found\.\n.*nothing has to be done/,
    );
    expect(await specOf(web, namespace)).toMatchObject({ replicas: 1 });
  });

  it('G6 writes over nothing that was changed since; but over what is as it was read', async () => {
    const { namespace, plan, approve } = await running('changed', ['web', 'other']);
    const changed = await plan('scale', web, '--replicas=2');
    await kubectl('set', 'env', web, 'VERSION=2', '-n', namespace);
    const labelled = await plan('scale', other, '--replicas=2');
    await kubectl('label', other, 'seen=true', '-n', namespace);

    const late = await approve(changed);
    const due = await approve(labelled);

    expect([late.status, due.status]).toEqual([2, 0]);
    expect(late.stderr).toMatch(
      /Deployment\/web is not as it was when this was planned.*Nothing has changed\.\nPlan it again/,
    );
    expect(await specOf(web, namespace)).toMatchObject({ replicas: 1 });
  });

  it('G10 and G34 evict without permission to delete, and say that it cannot be undone; but a restart can', async () => {
    const home = await running('evicted', ['web'], { replicas: 2 });
    const { namespace } = home;
    const lesser = aHealer(namespace, { env: { ...home.env, KUBECONFIG: await aLesserUser(home) } });
    const [pod = ''] = await podsOf('web', namespace);
    const eviction = await home.plan('evict', `pod/${pod}`);

    const asLesser = ['-n', namespace, `--as=system:serviceaccount:${namespace}:lesser`];
    await expect(kubectl('auth', 'can-i', 'delete', 'pods', ...asLesser)).rejects.toThrow('can-i delete pods');

    const { status, stdout } = await lesser.approve(eviction);

    expect([status, stdout]).toEqual([0, expect.stringContaining('is gone and its successor is ready')]);
    expect(await podsOf('web', namespace)).not.toContain(pod);
    expect(eviction.text).toContain('way back  none: the pod is gone then; its controller makes another one');
    expect(await home.refusal('undo', eviction.id)).toMatch(
      /G34: Action \S+ cannot be undone: the pod is gone then.*\n\S+/,
    );
    expect((await home.plan('restart', web)).text).toMatch(/way back {2}Deployment\/web \S+ is removed/);
  });

  it('G25 lets a workload rest after an action; but not another one', async () => {
    const { heal, plan, refusal } = await running('rested', ['web', 'other'], { policy: '{}' });
    await heal('restart', web);

    expect(await refusal('restart', web)).toMatch(
      /G25: restart_workload on Deployment\/web succeeded \S+ s ago, and it rests for 15 min\.\nwait .*, or undo that action/,
    );
    await plan('restart', other);
  });

  it('G26 asks before it repeats what failed; but not before it does something else', async () => {
    const healer = await placed('failed');
    const { namespace, plan, approve } = healer;
    const container = { envFrom: [{ configMapRef: { name: 'none' } }] };
    await applied(namespace, aWorkload('web', { replicas: 1, container }));
    await eventually(async () => expect(await kubectl('get', 'pods', '-n', namespace)).toMatch(/ConfigError/));
    await failingWrites(healer);
    const first = await approve(await plan('scale', web, '--replicas=2'));

    const again = await plan('scale', web, '--replicas=2');
    const else_ = await plan('resize', web, '--container=app', '--memory-request=6Mi');

    expect([first.status, first.stderr]).toEqual([2, expect.stringContaining('not today')]);
    expect(again.text).toMatch(
      /G26: scale_workload for config-object-missing on Deployment\/web failed before \(action \S+\)/,
    );
    expect(else_.text).not.toContain('G26');
  });

  it('G27, G29 and G32 begin nothing else before it is seen to have helped; but then', async () => {
    const healer = await placed('busy');
    const { namespace, plan, approve, refusal, run } = healer;
    await applied(namespace, aConfigMap('web'), reading('web'), aWorkload('other', { replicas: 1 }));
    await available(namespace, 'web', 'other');
    const slow = await plan('scale', web, '--replicas=2');
    await kubectl('delete', 'configmap/web', '-n', namespace);
    const going = approve(slow);
    await written(namespace, web);

    const [same, elsewhere, listed] = await Promise.all([
      refusal('restart', web),
      refusal('restart', other),
      run('list', slow.id),
    ]);
    await applied(namespace, aConfigMap('web'));
    const done = await going;

    expect(same).toMatch(
      /G29: scale_workload of \S+ on Deployment\/web is under way \(action \S+\)[^]*wait until it has ended/,
    );
    expect(elsewhere).toMatch(
      /G27: scale_workload on Deployment\/web is under way \(action \S+\)\.\nwait until it has ended/,
    );
    expect(listed.stdout).toContain('(verifying)');
    expect([done.status, done.stdout]).toEqual([
      0,
      expect.stringMatching(/healthy: verified: Deployment\/web has 2 ready/),
    ]);
    await plan('restart', web);
    await plan('restart', other);
    const capped = unlimited.replace('per_namespace_hour: 500', 'per_namespace_hour: 1');
    expect(await under(healer, capped).refusal('restart', other)).toMatch(
      /G27: 1 action in namespace \S+ .*per_namespace_hour, which is 1\.\nwait/,
    );
    await under(healer, capped.replace('per_namespace_hour: 1', 'per_namespace_hour: 2')).plan('restart', other);
  });

  it('G30 does nothing while it is paused or outside of the windows; but within one', async () => {
    const healer = await running('when', ['web']);
    const windows = (days: string): Healer => under(healer, `windows: [{ ${days} from: "00:00", to: "24:00" }]`);

    expect(await under(healer, 'paused: true').refusal('restart', web)).toMatch(
      /G30: The policy pauses all healing\.\nset paused to false/,
    );
    expect(await windows(`days: [${inThreeDays()}],`).refusal('restart', web)).toMatch(
      /G30: The time is outside of the windows .*\nwait until /,
    );
    await under(healer, 'paused: false').plan('restart', web);
    await windows('').plan('restart', web);
  });

  it('G33 does not undo what others built upon; but what is as it was left', async () => {
    const { namespace, heal, undo, refusal } = await running('undone', ['web', 'other']);
    const [built, left] = [await heal('scale', web, '--replicas=2'), await heal('scale', other, '--replicas=2')];
    await kubectl('set', 'env', web, 'VERSION=2', '-n', namespace);

    expect(await refusal('undo', built.id)).toMatch(
      /G33: Deployment\/web was changed since action .*\nLook at get_timeline/,
    );
    expect(await specOf(web, namespace)).toMatchObject({ replicas: 2 });
    await undo(left);
    expect(await specOf(other, namespace)).toMatchObject({ replicas: 1 });
  });

  it('G35 leaves a trace of what is refused, and of what is planned', async () => {
    const { namespace, env } = await running('traced', ['web', 'other']);
    const { run } = aHealer(namespace, { env: { ...env, KUBEMEND_LOG_LEVEL: 'info', KUBEMEND_LOG_FORMAT: 'json' } });
    await kubectl('annotate', web, 'kubemend.dev/heal=false', '-n', namespace);
    const reasons = async (name: string): Promise<string> => {
      const [of, path] = [
        `involvedObject.name=${name},source=kubemend`,
        'jsonpath={range .items[*]}{.reason}: {.message}{"\\n"}{end}',
      ];
      return kubectl('get', 'events', '-n', namespace, '--field-selector', of, '-o', path);
    };

    const { generation } = (await objectOf(web, namespace)).metadata;

    const refused = await run('restart', web);
    const impossible = await run('scale', web, '--replicas=1');
    const planned = await run('restart', other);

    expect([refused, impossible, planned].map(({ stderr }) => /"outcome":"(\w+)"/.exec(stderr)?.[1])).toEqual([
      'refused',
      'refused',
      'planned',
    ]);
    expect(await reasons('web')).toMatch(/MendRefused: .*G15: Deployment\/web says kubemend\.dev\/heal: false/);
    expect(await reasons('web')).toMatch(/MendRefused: Deployment\/web has 1 replica already/);
    expect(await reasons('other')).toMatch(/^MendPlanned: restart_workload \S+: planned; nothing has changed yet/);
    expect((await objectOf(web, namespace)).metadata.generation).toBe(generation);
  });
});
