import { eventually, kubectl, kubemend } from './bed.ts';
import { applied, available } from './guard-places.ts';
import { type Healer, podsOf } from './healer.ts';
import { aWorkload } from './workloads.ts';

const one = { replicas: 1 };
const never = { readinessProbe: { exec: { command: ['false'] } } };

export const aConfigMap = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { MODE: 'fast' },
});

/** A Deployment whose pods cannot start without the ConfigMap. */
export const reading = (name: string, configMap = name): string =>
  aWorkload(name, { ...one, container: { envFrom: [{ configMapRef: { name: configMap } }] } });

/** Repeats until kubectl shows it. */
const shown = (pattern: RegExp, ...words: readonly string[]): Promise<void> =>
  eventually(async () => {
    const said = await kubectl(...words);
    if (!pattern.test(said)) throw new Error(said);
  });

/** One that lacks its configuration, one that could do without it, and one that waits for somebody else's claim. */
export async function needing({ namespace }: Healer): Promise<void> {
  const envFrom = [{ configMapRef: { name: 'settings', optional: true } }];
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'orders' } }];
  await applied(
    namespace,
    aClaimOf('orders', 'standart'),
    reading('needing', 'settings'),
    aWorkload('content', { ...one, container: { envFrom } }),
    aWorkload('waiting', { ...one, pod: { volumes } }),
  );
  await available(namespace, 'content');
  await shown(/CreateContainerConfigError/, 'get', 'pods', '-n', namespace);
  await eventually(async () => {
    const { stdout } = await kubemend(['diagnose', '-n', namespace, '-o', 'json']);
    const { causes } = JSON.parse(stdout) as { causes: { rule: string; chain: { object: { name: string } }[] }[] };
    const chain = causes.find(({ rule }) => rule === 'pvc-storageclass-missing')?.chain ?? [];
    if (!chain.some(({ object }) => object.name === 'waiting')) throw new Error(stdout);
  });
}

const aClaimOf = (name: string, storageClassName: string): object => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage: '16Mi' } } },
});

/** Two pods that are well, and two of which one no longer is. */
export async function torn({ namespace }: Healer): Promise<void> {
  const command = ['sh', '-c', 'touch /tmp/well; sleep 3600'];
  const exec = { command: ['test', '-e', '/tmp/well'] };
  // A machine that is busy must not look like a fault.
  const readinessProbe = { exec, periodSeconds: 3, timeoutSeconds: 10, failureThreshold: 1 };
  const container = { readinessProbe };
  await applied(namespace, ...['torn', 'whole'].map((name) => aWorkload(name, { command, container })));
  await available(namespace, 'torn', 'whole');
  await kubectl('rollout', 'status', 'deployment/torn', '-n', namespace, '--timeout=60s');
  const [pod = ''] = await podsOf('torn', namespace);
  await kubectl('exec', pod, '-n', namespace, '--', 'rm', '/tmp/well');
  await shown(/0\/1/, 'get', 'pod', pod, '-n', namespace);
}

/** Of two pods the second crashes, and says why in its log alone. */
export async function silent({ namespace }: Healer): Promise<void> {
  const command = ['sh', '-c', 'case $HOSTNAME in *-1) echo "ERROR: disk is full"; exit 1;; esac; sleep 3600'];
  // Without it the second would count as well for a moment after each start.
  const readinessProbe = { exec: { command: ['sh', '-c', 'case $HOSTNAME in *-1) exit 1;; esac'] } };
  const spec = { podManagementPolicy: 'Parallel' };
  await applied(namespace, aWorkload('half', { kind: 'StatefulSet', command, container: { readinessProbe }, spec }));
  await shown(/Error|CrashLoopBackOff/, 'get', 'pod/half-1', '-n', namespace);
}

/** Five workloads, of which these are not ready. */
export async function failing({ namespace }: Healer, broken: readonly string[]): Promise<void> {
  const names = ['a', 'b', 'c', 'd', 'e'];
  await applied(
    namespace,
    ...names.map((name) => aWorkload(name, { ...one, ...(broken.includes(name) && { container: never }) })),
  );
  await available(namespace, ...names.filter((name) => !broken.includes(name)));
}

/**
 * Two whose rollout got nowhere. The revision before it works and would work again, but for the one whose ConfigMap is
 * gone since.
 */
export async function rollingOut({ namespace }: Healer): Promise<void> {
  const names = ['forsaken', 'provided'];
  const version = (password: string, more: object = {}, spec: object = {}) =>
    names.map((name) => {
      const env = [{ name: 'PASSWORD', value: password }];
      const container = { env, envFrom: [{ configMapRef: { name } }], ...more };
      return aWorkload(name, { ...one, container, spec });
    });
  await applied(namespace, ...names.map(aConfigMap), ...version('hunter2'));
  await available(namespace, ...names);
  await applied(namespace, ...version('letmein', never, { progressDeadlineSeconds: 5 }));
  const late = '--for=jsonpath={.status.conditions[?(@.type=="Progressing")].reason}=ProgressDeadlineExceeded';
  await kubectl('wait', ...names.map((name) => `deployment/${name}`), '-n', namespace, late, '--timeout=60s');
  await kubectl('delete', 'configmap/forsaken', '-n', namespace);
}
