import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { aNamespace, cluster, deleteNamespaces, eventually, kubectl } from './bed.ts';
import { expectOnly, faultOf, provoke } from './fault.ts';

const namespaces: string[] = [];
let nodes: readonly string[] = [];

/** Names of the nodes that are there now. */
const nodeNames = async (): Promise<readonly string[]> =>
  (await kubectl('get', 'nodes', '-o', 'name')).trim().split('\n');

afterEach(async () => {
  for (const node of nodes) await kubectl('delete', node, '--ignore-not-found');
});
afterAll(() => deleteNamespaces(namespaces));

describe('a node at fault', () => {
  it.each(['node-cordoned', 'pod-unschedulable-taint', 'node-not-ready-silent'])('is named as %s', async (rule) => {
    const own = await nodeNames();
    const fault = faultOf(`nodes/${rule}.yaml`);
    const namespace = await aNamespace(rule);
    namespaces.push(namespace);

    if (rule === 'node-not-ready-silent') await cluster('fake-node', 'e2e-silent');
    await provoke(namespace, fault);
    nodes = (await nodeNames()).filter((node) => !own.includes(node));

    expect(nodes).toHaveLength(1);
    await eventually(() => expectOnly(namespace, fault), { seconds: 180, pause: 3_000 });
  });
});
