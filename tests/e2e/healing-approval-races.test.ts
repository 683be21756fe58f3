import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apply, kubeconfig, kubectl } from './bed.ts';
import { type Healer, healersOf } from './healer.ts';
import type { Order, Report } from './racer.ts';
import { aFleet, scalableKind } from './workloads.ts';

/** So many in a row are on objects of their own; then all that is left of them is removed, which every plan would read. */
const batch = 50;
/** `RACES=1000` for as many as nobody waits for. */
const batches = Math.ceil(Number(process.env['RACES'] ?? 200) / batch);

const healers = healersOf('approval');
const racers: ChildProcess[] = [];
let healer: Healer;

beforeAll(async () => {
  healer = await healers.in('races');
  await apply('default', scalableKind);
  await kubectl('wait', '--for=condition=established', 'crd/fleets.e2e.kubemend.dev', '--timeout=30s');
  const cluster = { KUBECONFIG: await kubeconfig(), K8S_NAMESPACE: healer.namespace, KUBEMEND_K8S_QPS: '0' };
  const env = { ...process.env, ...healer.env, ...cluster };
  for (const _ of ['first', 'second']) racers.push(fork('tests/e2e/racer.ts', { env }));
});

afterAll(async () => {
  for (const racer of racers) racer.kill();
  await healers.end();
});

async function told(racer: ChildProcess | undefined, order: Order): Promise<Report> {
  racer?.send(order);
  const [report] = (racer === undefined ? [] : await once(racer, 'message')) as Report[];
  return report ?? '';
}

/** Two processes and one approval, on each of the fleets. */
async function race(names: readonly string[]): Promise<readonly string[]> {
  const ended: string[] = [];
  for (const [round, name] of names.entries()) {
    const order = { object: `fleet/${name}`, replicas: 0 };
    const plan = await told(racers[round % 2], order);
    expect(plan).toMatch(/^[0-9a-z]{26}$/);
    const reports = await Promise.all(racers.map((racer) => told(racer, { ...order, approve: plan })));
    ended.push(reports.toSorted().join(' and '));
  }
  return ended;
}

it(`two processes with one approval, ${batches * batch} times: exactly one applies it`, {
  timeout: 3_600_000,
}, async () => {
  const { namespace } = healer;
  const names = Array.from({ length: batch }, (_, index) => `boats-${index}`);
  const items = names.map((name) => JSON.parse(aFleet(name, 1)) as object);
  for (let each = 0; each < batches; each++) {
    await apply(namespace, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));

    const ended = await race(names);

    const written = await kubectl('get', 'fleets', '-n', namespace, '-o', 'jsonpath={.items[*].metadata.generation}');
    expect(written.split(' ')).toEqual(names.map(() => '2'));
    expect(ended.filter((pair) => pair !== 'conflict and healthy' && pair !== 'healthy and refused')).toEqual([]);
    await kubectl('delete', 'fleets,leases', '--all', '-n', namespace);
  }
});
