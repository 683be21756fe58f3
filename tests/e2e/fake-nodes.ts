import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { aFakeNode } from '../support/fake-node.ts';
import { apply, cluster, eventually, kubectl, script } from './bed.ts';

/** How long a fake pod takes to become Ready, in ms: long enough for whoever does not wait for it to be seen. */
const readyMs = 3_000;

/** What a pod needs to be on a fake node, and only there. */
export const onFakeNodes = {
  nodeSelector: { 'e2e.kubemend.dev/fake': 'true' },
  tolerations: [{ key: 'kwok.x-k8s.io/node', operator: 'Exists' }],
};

/** Nodes that kwok plays: real objects, no containers. Their taint keeps real pods off. */
export interface FakeNodes {
  readonly add: (name: string) => Promise<void>;
  /** Removes the nodes, then kwok. */
  readonly end: () => Promise<void>;
}

export async function fakeNodes(): Promise<FakeNodes> {
  await cluster('build', 'kwok');
  const kwok = inCluster([binary(), ...flags, '--config', stages()]);
  const names: string[] = [];
  return {
    async add(name) {
      names.push(name);
      await apply('default', JSON.stringify(nodeOf(name)));
      await kubectl('wait', '--for=condition=Ready', `node/${name}`, '--timeout=30s');
      // Taken away a moment after the node is ready.
      await eventually(async () => {
        const taints = await kubectl('get', 'node', name, '-o', 'jsonpath={.spec.taints[*].key}');
        if (taints !== 'kwok.x-k8s.io/node') throw new Error(taints);
      });
    },
    async end() {
      if (names.length > 0) await kubectl('delete', 'node', ...names, '--ignore-not-found');
      await kwok.end();
    },
  };
}

/** A program in the cluster's network; ends with all that it was started by. */
function inCluster(words: readonly string[]) {
  const child = spawn(script, ['exec', '--', ...words], { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
  return {
    lines: createInterface({ input: child.stdout }),
    async end() {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      process.kill(-child.pid);
      await once(child, 'exit');
    },
  };
}

const flags = ['--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake', '--node-lease-duration-seconds=24'];

const shell = (command: string, cwd = '.'): string =>
  execFileSync('bash', ['-c', command], { cwd, encoding: 'utf8' }).trim();
const binary = (): string => shell('ls -d "${CLUSTER_CACHE:-$HOME/.cache/kubemend}"/bin/kwok-*/kwok | tail -n 1');

/** The stages of kwok's own module, with a pod that takes its time. */
function stages(): string {
  const module = shell("go list -m -f '{{.Dir}}' sigs.k8s.io/kwok", 'tests/e2e/cluster/kwok');
  const own = mkdtempSync(join(tmpdir(), 'kubemend-kwok-'));
  const parts = [
    'node/fast/node-initialize.yaml',
    'node/heartbeat-with-lease/node-heartbeat-with-lease.yaml',
    'pod/fast/pod-ready.yaml',
    'pod/fast/pod-delete.yaml',
  ];
  const texts = parts.map((part) => readFileSync(join(module, 'kustomize/stage', part), 'utf8'));
  const slow = texts.map((text) =>
    text.includes('name: pod-ready\n')
      ? text.replace('\nspec:\n', `\nspec:\n  delay:\n    durationMilliseconds: ${readyMs}\n`)
      : text,
  );
  const file = join(own, 'stages.yaml');
  writeFileSync(file, slow.join('\n---\n'));
  return file;
}

const nodeOf = (name: string) => aFakeNode(name, { cpu: '4', memory: '8Gi', pods: '20' }, onFakeNodes.nodeSelector);

interface PodEvent {
  readonly type: string;
  readonly object: {
    readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
    readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  };
}

/** Counts, event by event, how many pods of an app are Ready and not leaving. */
export function aReadyCount(app: string, namespace: string) {
  const watched = `/api/v1/namespaces/${namespace}/pods?watch=1&labelSelector=app%3D${app}`;
  const watch = inCluster(['kubectl', 'get', '--raw', watched]);
  const ready = new Set<string>();
  const counts: number[] = [];
  watch.lines.on('line', (line) => {
    const { type, object } = JSON.parse(line) as PodEvent;
    const { name, deletionTimestamp } = object.metadata;
    const is = object.status.conditions?.some((each) => each.type === 'Ready' && each.status === 'True') ?? false;
    if (type !== 'DELETED' && deletionTimestamp === undefined && is) ready.add(name);
    else ready.delete(name);
    counts.push(ready.size);
  });
  return {
    /** The counts since there were so many for the first time. */
    async since(full: number) {
      await watch.end();
      return counts.slice(counts.indexOf(full));
    },
    reaches: (full: number) =>
      eventually(async () => {
        if (counts.at(-1) !== full) throw new Error(`${counts.at(-1)} pods are Ready`);
      }),
  };
}
