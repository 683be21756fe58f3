/**
 * What the service takes in a pod of the chart's resources (512Mi, 500m) on clusters of growing size: `make bench-sizing`.
 * Starts a cluster of its own, installs the image by the chart, and asks it for diagnoses of the whole cluster and of one
 * namespace. PODS says how large the cluster becomes.
 */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { toolsPath } from '../../tests/deployment/tools.ts';
import { cluster, kubectl } from '../../tests/e2e/bed.ts';
import { intoCluster } from '../../tests/e2e/passage.ts';
import { medianOf } from '../measure.ts';
import { clusterName, podsFromStart, startBed, troubledNamespaces } from './bed.ts';

process.env['NAME'] = clusterName;
const sizes = [0, 1_000, 5_000, Number(process.env['PODS'] ?? 10_000)];
const namespace = 'kubemend';
/** Longer than it takes until `--k8s-burst` reads need not wait again. */
const pauseMs = 5_000;
const runs = 5;

interface Usage {
  readonly memoryBytes: number;
  readonly mostBytes: number;
  readonly cpuMs: number;
}

interface Asked {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

const bed = await startBed(Number(process.env['NODES'] ?? 100));
try {
  execFileSync('make', ['image'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const install = [
    'install',
    'kubemend',
    'k8s/helm/kubemend',
    '--namespace',
    namespace,
    '--create-namespace',
    '--wait',
  ];
  const settings = [
    'settings.auth=none',
    'settings.insecureNoAuth=true',
    'settings.rateLimitEnabled=false',
    'settings.k8sCacheTtl=0',
    'autoscaling.enabled=false',
    'replicas=1',
  ];
  execFileSync(`${toolsPath}/helm`, install.concat(settings.flatMap((value) => ['--set', value])), {
    env: { ...process.env, KUBECONFIG: bed.kubeconfig },
  });
  const host = await kubectl('get', 'service', 'kubemend', '-n', namespace, '-o', 'jsonpath={.spec.clusterIP}');
  const pod = await kubectl('get', 'pods', '-n', namespace, '-o', 'jsonpath={.items[0].metadata.name}');
  const passage = await intoCluster({ host, port: 8080 });
  const url = `http://127.0.0.1:${passage.port}/api/v1/tools/diagnose`;

  console.log(
    '| pods | whole cluster | its processor time | one namespace | memory then | at most |\n|---|---|---|---|---|---|',
  );
  for (const pods of sizes) {
    await bed.grow(pods);
    const whole = await measured(url, pod, { all_namespaces: true });
    const one = await measured(url, pod, { namespace: troubledNamespaces[0] });
    const { memoryBytes, mostBytes } = await usageOf(pod);
    const figures = [
      `${whole.seconds.toFixed(1)} s`,
      `${whole.cpuSeconds.toFixed(2)} s`,
      `${one.seconds.toFixed(1)} s`,
      ...[memoryBytes, mostBytes].map((bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`),
    ];
    console.log(`| ${pods + podsFromStart} | ${figures.join(' | ')} |`);
  }
  const restarts = 'jsonpath={.status.containerStatuses[0].restartCount}';
  console.log(`restarts: ${await kubectl('get', 'pod', pod, '-n', namespace, '-o', restarts)}`);
  await passage.close();
} finally {
  if (process.env['KEEP'] === undefined) bed.down();
}

/** The median of several, each of which reads everything anew. */
async function measured(url: string, pod: string, args: object): Promise<Asked> {
  const asked: Asked[] = [];
  for (let run = 0; run <= runs; run++) {
    await sleep(pauseMs);
    const [before, began] = [await usageOf(pod), performance.now()];
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(args),
    });
    const { verdict } = (await response.json()) as { readonly verdict?: string };
    if (verdict !== 'unhealthy') throw new Error(`It answered ${response.status}, ${verdict}.`);
    const seconds = (performance.now() - began) / 1000;
    asked.push({ seconds, cpuSeconds: ((await usageOf(pod)).cpuMs - before.cpuMs) / 1000 });
  }
  const rest = asked.slice(1);
  return {
    seconds: medianOf(rest.map(({ seconds }) => seconds)),
    cpuSeconds: medianOf(rest.map(({ cpuSeconds }) => cpuSeconds)),
  };
}

async function usageOf(pod: string): Promise<Usage> {
  const words = ['tests/e2e/image/pod-process.ts', 'usage', namespace, pod];
  return JSON.parse(await cluster('exec', '--', process.execPath, ...words)) as Usage;
}
