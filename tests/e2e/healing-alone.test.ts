import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { apply, eventually, kubectl } from './bed.ts';
import { faultOf, provoke } from './fault.ts';
import { type Healer, healersOf, objectOf, podsOf, specOf } from './healer.ts';
import { leftoversIn, withLeftovers } from './leftovers.ts';
import { aLoop, alone, type Loop, recordsOf, setPolicy, settled } from './loop.ts';
import { aWorkload } from './workloads.ts';

const healers = healersOf('alone');
const strangers = healersOf('stranger');
const loops: Loop[] = [];
afterAll(async () => {
  await Promise.all(loops.map((loop) => loop.end('SIGKILL')));
  await healers.end();
  await strangers.end();
});

/** Rolling out, holding still, and what a loop waits between two rounds. */
const long = 540_000;

async function watching(healer: Healer): Promise<Loop> {
  const loop = await aLoop(healer);
  loops.push(loop);
  return loop;
}

const rolledOut = (namespace: string, object: string): Promise<string> =>
  kubectl('rollout', 'status', object, '-n', namespace, '--timeout=90s');

/** Two versions of which the second ends at once; where it is, and its template while it was well. */
async function regressed(namespace: string): Promise<{ readonly app: string; readonly healthy: unknown }> {
  const readinessProbe = { exec: { command: ['true'] }, initialDelaySeconds: 2, periodSeconds: 1 };
  const version = (number: string, command: readonly string[]) =>
    apply(
      namespace,
      aWorkload('app', { command, container: { env: [{ name: 'VERSION', value: number }], readinessProbe } }),
    );
  await version('1', ['sleep', '3600']);
  await rolledOut(namespace, 'deployment/app');
  const healthy = await templateOf(namespace);
  await version('2', ['sh', '-c', 'echo "ERROR: unknown flag --new-cache"; exit 2']);
  return { app: 'deployment/app', healthy };
}

const templateOf = async (namespace: string): Promise<unknown> =>
  ((await specOf('deployment/app', namespace)) as { template: unknown }).template;

const secret = (namespace: string, password: string): Promise<string> =>
  apply(
    namespace,
    JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, stringData: { password } }),
  );

/** Asked for it, a pod of {@link rotated} goes on, and one that has the new password goes on unasked. */
const untilAsked = 'until [ -e /tmp/asked ] || [ "$DB_PASSWORD" = rotated ]; do sleep 1; done';

/** A workload whose password is rotated while it is well, and asked for then. */
async function rotated(namespace: string, script: string, replicas = 2): Promise<void> {
  await secret(namespace, 'first');
  await apply(namespace, aWorkload('shop', { replicas, command: ['sh', '-c', script], container: takingThePassword }));
  await rolledOut(namespace, 'deployment/shop');
  const pods = await podsOf('shop', namespace);
  // Times are whole seconds: it is to be seen that the password is younger than the pods.
  await sleep(2_000);
  await secret(namespace, 'rotated');
  await Promise.all(pods.map((pod) => kubectl('exec', pod, '-n', namespace, '--', 'touch', '/tmp/asked')));
}

const takingThePassword = {
  env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
  readinessProbe: { exec: { command: ['test', '-e', '/tmp/ready'] }, periodSeconds: 1 },
};

describe.concurrent('without a person', () => {
  it(
    'a rollout that crashes is rolled back',
    async () => {
      const healer = await healers.in('rollback', { policy: alone() });
      const { healthy } = await regressed(healer.namespace);
      await watching(healer);

      const [record, ...more] = await settled(healer, 1, 500);

      expect(record).toMatchObject({
        action: 'rollback_workload',
        state: 'healthy',
        finding: { rule: 'crash-regression-after-rollout' },
      });
      expect(more).toEqual([]);
      expect(await templateOf(healer.namespace)).toEqual(healthy);
    },
    long,
  );

  it(
    'a StatefulSet that waits for its broken pod is freed',
    async () => {
      const healer = await healers.in('trap', { policy: alone() });
      await provoke(healer.namespace, faultOf('sts-rollback-trap.yaml'));
      await watching(healer);

      const [record] = await settled(healer, 1);

      expect(record).toMatchObject({ action: 'evict_pod', state: 'healthy', finding: { rule: 'sts-rollback-trap' } });
      expect((await objectOf('statefulset/trap', healer.namespace)).status).toMatchObject({ readyReplicas: 2 });
    },
    long,
  );

  it(
    'what read its password too early is restarted, where its log was well until then',
    async () => {
      const healer = await healers.in('stale', { policy: alone() });
      const { namespace } = healer;
      await rotated(
        namespace,
        `touch /tmp/ready; echo 'INFO connected'; ${untilAsked}
         while sleep 2; do [ "$DB_PASSWORD" = rotated ] || echo 'FATAL: password authentication failed for user "app"'; done`,
      );
      await watching(healer);

      const [record] = await settled(healer, 1, 400);

      expect(record).toMatchObject({
        action: 'restart_workload',
        state: 'healthy',
        finding: { rule: 'config-stale-in-pod', confidence: 0.9 },
      });
      const logs = await kubectl('logs', 'deployment/shop', '-n', namespace);
      expect(logs).not.toContain('FATAL');
    },
    long,
  );

  it(
    'what read its password too early waits for a person, until a pod that started later is well',
    async () => {
      const healer = await healers.in('sibling', { policy: alone() });
      const { namespace } = healer;
      // It says nothing while it is well, so that nobody knows since when it is not.
      await rotated(
        namespace,
        `touch /tmp/ready; ${untilAsked}; [ "$DB_PASSWORD" = rotated ] && sleep 3600; rm /tmp/ready
         while sleep 3; do echo 'FATAL: password authentication failed for user "app"'; done`,
        3,
      );
      const loop = await watching(healer);
      await loop.says(
        /left: Deployment\/shop still runs with the old Secret\/db.*\n.*G4: .* a confidence of 0\.8, less than the 0\.85/,
      );
      const [pod = ''] = await podsOf('shop', namespace);
      await kubectl('delete', 'pod', pod, '-n', namespace);

      const [record] = await settled(healer, 1, 400);

      expect(record).toMatchObject({
        action: 'restart_workload',
        state: 'healthy',
        finding: { rule: 'config-stale-in-pod', confidence: 0.9 },
      });
    },
    long,
  );

  it(
    'leftovers go one after the other, until so few are left that nobody cares',
    async () => {
      const healer = await healers.in('leftovers', { policy: alone() });
      await withLeftovers(healer.namespace, 13);
      const before = await specOf('deployment/shop', healer.namespace);
      const loop = await watching(healer);

      await loop.says(/nothing to do without a person/, 120);

      expect(await leftoversIn(healer.namespace)).toHaveLength(9);
      expect(await recordsOf(healer)).toEqual(
        Array.from({ length: 4 }, () =>
          expect.objectContaining({
            action: 'evict_pod',
            state: 'healthy',
            object: expect.objectContaining({ kind: 'Pod' }),
          }),
        ),
      );
      expect(await specOf('deployment/shop', healer.namespace)).toEqual(before);
    },
    long,
  );

  it(
    'what does not help is taken back, and left to people from then on',
    async () => {
      const healer = await healers.in('useless', { policy: alone() });
      const { namespace } = healer;
      await rotated(
        namespace,
        `[ "$DB_PASSWORD" = first ] && touch /tmp/ready; echo 'INFO connected'; ${untilAsked}; rm -f /tmp/ready
         while sleep 9; do echo 'FATAL: password authentication failed for user "app"'; done`,
      );
      const before = await specOf('deployment/shop', namespace);
      const loop = await watching(healer);

      const [record] = await settled(healer, 1, 480);
      await loop.says(
        /left: .*\n.*G26: restart_workload for config-stale-in-pod on Deployment\/shop was reverted before/,
      );

      expect(record).toMatchObject({ action: 'restart_workload', state: 'reverted' });
      expect(await specOf('deployment/shop', namespace)).toEqual(before);
      expect(await recordsOf(healer)).toHaveLength(1);
    },
    long,
  );
});

describe.concurrent('a loop is held back', () => {
  it('by a namespace that has not opted in', async () => {
    const healer = await strangers.in('quiet', { policy: alone() });
    await withLeftovers(healer.namespace, 10);
    const loop = await watching(healer);

    await loop.says(
      /left: Deployment\/shop has left 10 failed pods .*\n.*G15: .* opts in to actions that nobody is asked for/,
    );

    expect(await recordsOf(healer)).toEqual([]);
    expect(await leftoversIn(healer.namespace)).toHaveLength(10);
    expect(await loop.end()).toBe(130);
  });

  it('from a cause that always needs a person', async () => {
    const healer = await healers.in('person', { policy: alone() });
    await provoke(healer.namespace, faultOf('image-tag-not-found.yaml'));
    const loop = await watching(healer);

    // Its CronJob runs once a minute, and the loop looks twice.
    await loop.says(/1 cause, nothing to do without a person/, 180);

    expect(await recordsOf(healer)).toEqual([]);
  });

  it('by a pause in its policy, from one action to the next, and goes on after it', async () => {
    const healer = await healers.in('pause', { policy: `paused: true\n${alone()}` });
    const { namespace } = healer;
    await withLeftovers(namespace, 16);
    const loop = await watching(healer);
    await loop.says(/left: .*\n.*G30: The policy pauses all healing/);
    const untouched = await leftoversIn(namespace);

    setPolicy(healer, alone());
    await loop.says(/Evict Pod\/.*\(healthy\)/);
    setPolicy(healer, `paused: true\n${alone()}`);
    await loop.says(/left: .*\n.*G30: The policy pauses all healing/);
    const paused = await leftoversIn(namespace);
    setPolicy(healer, 'paused: perhaps');
    await loop.says(/the policy cannot be read: healing is paused/);
    const unreadable = await leftoversIn(namespace);
    setPolicy(healer, alone());
    await loop.says(/nothing to do without a person/, 120);

    expect(untouched).toHaveLength(16);
    expect(paused.length).toBeLessThan(16);
    expect(paused.length).toBeGreaterThan(9);
    expect(unreadable).toEqual(paused);
    expect(await leftoversIn(namespace)).toHaveLength(9);
  });

  it('outside of its windows', async () => {
    const now = new Date(Date.now() + 12 * 3_600_000).toISOString().slice(11, 13);
    const window = `windows: [{ from: "${now}:00", to: "${now}:30" }]`;
    const healer = await healers.in('window', { policy: `${window}\n${alone()}` });
    await withLeftovers(healer.namespace, 10);
    const loop = await watching(healer);

    await loop.says(new RegExp(`G30: The time is outside of the windows of the policy: daily ${now}:00`));

    expect(await leftoversIn(healer.namespace)).toHaveLength(10);
  });

  it('while much fails at once', async () => {
    const healer = await healers.in('storm', { policy: alone() });
    const { namespace } = healer;
    const broken = ['a', 'b'].map((name) => aWorkload(name, { image: 'busybox:9.99-none' }));
    const idle = ['c', 'd', 'e'].map((name) => aWorkload(name, { replicas: 0 }));
    await apply(namespace, `{"apiVersion":"v1","kind":"List","items":[${[...broken, ...idle].join()}]}`);
    await withLeftovers(namespace, 10);
    const loop = await watching(healer);

    await loop.says(/G28: 2 of 6 workloads lack pods, more than 20 %/);

    expect(await leftoversIn(namespace)).toHaveLength(10);
  });

  it('by its caps', async () => {
    const healer = await healers.in('cap', { policy: alone('caps: { per_namespace_hour: 2, per_workload_hour: 9 }') });
    await withLeftovers(healer.namespace, 13);
    const loop = await watching(healer);

    await loop.says(/G27: 2 actions in namespace \S+ in the last hour reach caps.per_namespace_hour, which is 2/, 120);

    expect(await leftoversIn(healer.namespace)).toHaveLength(11);
    expect(await recordsOf(healer)).toHaveLength(2);
  });
});

/** A loop that has rolled back, and watches whether it stays so. */
async function inTheMiddle(name: string) {
  const healer = await healers.in(name, { policy: alone() });
  const { namespace } = healer;
  await regressed(namespace);
  const loop = await watching(healer);
  await eventually(async () => expect(await recordsOf(healer)).toMatchObject([{ state: 'verifying' }]), {
    seconds: 180,
    pause: 1_000,
  });
  return { healer, loop, written: await objectOf('deployment/app', namespace) };
}

describe.concurrent('a loop that ends while it heals', () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'by %s leaves the rest to the next one, which writes nothing a second time',
    async (signal) => {
      const { healer, loop, written } = await inTheMiddle(signal.toLowerCase());

      const status = await loop.end(signal);
      const between = await recordsOf(healer);
      await watching(healer);
      // Whoever lists actions goes on with them, too: the next loop has to.
      await eventually(
        async () => expect(await kubectl('get', 'events', '-n', healer.namespace)).toContain('MendVerified'),
        { seconds: 400, pause: 5_000 },
      );

      expect(status).toBe(signal === 'SIGTERM' ? 130 : 'SIGKILL');
      expect(between).toMatchObject([{ state: 'verifying' }]);
      expect(await recordsOf(healer)).toMatchObject([{ action: 'rollback_workload', state: 'healthy' }]);
      const now = await objectOf('deployment/app', healer.namespace);
      expect(now.metadata.generation).toBe(written.metadata.generation);
      expect(now.spec).toEqual(written.spec);
    },
    long,
  );
});
