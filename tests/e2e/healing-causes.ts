import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { apply, eventually, kubectl, kubemend } from './bed.ts';
import { aCountingClient } from './counting-client.ts';
import { faultOf, provoke } from './fault.ts';
import { healersOf, objectOf, specOf } from './healer.ts';
import { aServiceOf, aWorkload } from './workloads.ts';

const healers = healersOf('cause');
afterAll(() => healers.end());

interface Fix {
  readonly tool?: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
}

/** The fix that a diagnosis offers for a rule, once it finds it. */
const offeredFix = (namespace: string, rule: string): Promise<Fix> =>
  eventually(
    async () => {
      const { stdout } = await kubemend(['diagnose', '-n', namespace, '-o', 'json']);
      const { causes } = JSON.parse(stdout) as { causes: { rule: string; fixes: Fix[] }[] };
      const fix = causes.find((cause) => cause.rule === rule)?.fixes.find(({ tool }) => tool !== undefined);
      if (fix === undefined) throw new Error(JSON.stringify(causes));
      return fix;
    },
    { seconds: 90, pause: 2_000 },
  );

const rolledOut = (namespace: string, object: string): Promise<string> =>
  kubectl('rollout', 'status', object, '-n', namespace, '--timeout=90s');

describe.concurrent('a cause that a diagnosis finds', () => {
  it('is rolled back to the newest revision that was healthy, not to the one before', async () => {
    const { namespace, plan, heal, approve } = await healers.in('regression');
    const app = 'deployment/app';
    // What ends at once is never asked whether it is ready, so that the rollout gets nowhere.
    const readinessProbe = { exec: { command: ['true'] }, initialDelaySeconds: 2, periodSeconds: 1 };
    const template = async (): Promise<unknown> => ((await specOf(app, namespace)) as { template: unknown }).template;
    const version = (number: string, command: readonly string[]) =>
      apply(
        namespace,
        aWorkload('app', { command, container: { env: [{ name: 'VERSION', value: number }], readinessProbe } }),
      );
    await version('1', ['sleep', '3600']);
    await rolledOut(namespace, app);
    await version('2', ['sleep', '3601']);
    await rolledOut(namespace, app);
    const healthy = await template();
    for (const bad of ['3', '4']) {
      await version(bad, ['sh', '-c', 'echo "ERROR: unknown flag --new-cache"; exit 2']);
      await eventually(async () => expect(await kubectl('get', 'pods', '-n', namespace)).toMatch(/CrashLoop|Error/));
    }
    const broken = await template();
    const fix = await offeredFix(namespace, 'crash-regression-after-rollout');

    const done = await heal('rollback', app);

    expect(fix).toMatchObject({ tool: 'rollback_workload', arguments: { object: app, revision: 2 } });
    expect(done.text).toContain('runs the template of revision 2 and is ready');
    expect(await template()).toEqual(healthy);
    const undo = await plan('undo', done.id);
    void approve(undo);
    await eventually(async () => expect(await template()).toEqual(broken), { seconds: 120 });
  });

  it('frees a StatefulSet that waits for a pod which cannot start', async () => {
    const { namespace, heal } = await healers.in('trap');
    await provoke(namespace, faultOf('sts-rollback-trap.yaml'));
    const before = await specOf('statefulset/trap', namespace);
    const fix = await offeredFix(namespace, 'sts-rollback-trap');

    await heal('evict', String(fix.arguments?.['object']));

    expect(fix).toMatchObject({ tool: 'evict_pod', arguments: { object: expect.stringMatching(/^pod\/trap-\d$/) } });
    expect((await objectOf('statefulset/trap', namespace)).status).toMatchObject({ readyReplicas: 2 });
    expect(await specOf('statefulset/trap', namespace)).toEqual(before);
  });

  it('gets more memory by a step, twice a day', async () => {
    const { namespace, heal, refusal, undo } = await healers.in('memory');
    const eater = 'deployment/eater';
    // As a value of the shell, and once more while it is made, 9 MB do not fit in 16 MiB, but in 24.
    const command = ['sh', '-c', "X=$(head -c 9000000 /dev/zero | tr '\\0' x); sleep 3600"];
    const resources = { requests: { cpu: '1m', memory: '4Mi' }, limits: { memory: '16Mi' } };
    await apply(namespace, aWorkload('eater', { replicas: 1, command, container: { resources } }));
    const fix = await offeredFix(namespace, 'oom-container-limit');
    const resize = (memory: string) => ['resize', eater, '--container', 'app', '--memory-limit', memory];

    expect(fix).toMatchObject({ tool: 'resize_workload', arguments: { object: eater, memory_limit: '24Mi' } });
    expect(await refusal(...resize('32Mi'))).toMatch(/G23: .*more than 1.5 times/);
    const first = await heal(...resize('24Mi'));
    const between = await specOf(eater, namespace);
    const second = await heal(...resize('36Mi'));
    expect(first.text).toMatch(/mends +Deployment\/eater runs out of memory/);
    expect(await refusal(...resize('54Mi'))).toMatch(/G23: .*resized 2 times.*caps\.resizes_per_workload_day is 2/);
    await undo(second);
    expect(await specOf(eater, namespace)).toEqual(between);
    expect(await refusal('undo', first.id)).toMatch(/Deployment\/eater was changed (?:since|after) action/);
  });

  it('is restarted pod by pod for what it read too early, and no request is lost', async () => {
    const { namespace, heal, undo } = await healers.in('stale');
    const secret = (password: string) =>
      apply(
        namespace,
        JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, stringData: { password } }),
      );
    await secret('first');
    await apply(namespace, aWorkload('shop', serving));
    await apply(namespace, aServiceOf('shop'));
    await rolledOut(namespace, 'deployment/shop');
    // Times are whole seconds: it is to be seen that the password is younger than the pods.
    await sleep(2_000);
    await secret('rotated');
    const before = await specOf('deployment/shop', namespace);
    const fix = await offeredFix(namespace, 'config-stale-in-pod');
    const address = await kubectl('get', 'service/shop', '-n', namespace, '-o', 'jsonpath={.spec.clusterIP}');
    const client = aCountingClient(`http://${address}/`);

    const done = await heal('restart', 'deployment/shop');

    const { answered, failed } = await client.count();
    expect(fix).toMatchObject({ tool: 'restart_workload', arguments: { object: 'deployment/shop' } });
    expect(done.text).toContain('Service/shop');
    expect(failed).toEqual([]);
    expect(answered).toBeGreaterThan(100);
    await undo(done);
    expect(await specOf('deployment/shop', namespace)).toEqual(before);
  });

  it('is taken back by itself when it does not help', async () => {
    const { namespace, plan, approve } = await healers.in('useless');
    const readinessProbe = { exec: { command: ['false'] }, periodSeconds: 1 };
    await apply(namespace, aWorkload('dark', { replicas: 0, container: { readinessProbe } }));
    const before = await specOf('deployment/dark', namespace);

    const { status, stdout } = await approve(await plan('scale', 'deployment/dark', '--replicas', '2'));

    expect([status, stdout]).toEqual([1, expect.stringMatching(/reverted: not healthy by its deadline/)]);
    expect(await specOf('deployment/dark', namespace)).toEqual(before);
    expect(await kubectl('get', 'events', '-n', namespace)).toContain('MendReverted');
  });
});

/** Serves, and complains for as long as its password is not the one that holds; lets its clients leave before it ends. */
const serving = {
  command: [
    'sh',
    '-c',
    `mkdir /tmp/www; echo ok > /tmp/www/index.html; httpd -p 8080 -h /tmp/www; sleep 8
     while sleep 2; do [ "$DB_PASSWORD" = rotated ] || echo 'FATAL: password authentication failed for user "app"'; done`,
  ],
  container: {
    env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
    readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
    lifecycle: { preStop: { exec: { command: ['sleep', '10'] } } },
  },
  pod: { terminationGracePeriodSeconds: 12 },
};
