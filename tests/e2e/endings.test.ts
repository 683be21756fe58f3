import { afterAll, describe, it } from 'vitest';
import { aNamespace, apply, deleteNamespaces, eventually, kubectl } from './bed.ts';
import { expectOnly, faultOf } from './fault.ts';

const namespaces: string[] = [];

// A namespace stays as long as something in it has a finalizer.
afterAll(async () => {
  for (const namespace of namespaces) {
    await kubectl('patch', 'pod/books', '-n', namespace, '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
  }
  await deleteNamespaces(namespaces);
});

describe('a pod that was deleted', () => {
  it('is named when a finalizer keeps it', async () => {
    const fault = faultOf('endings/pod-stuck-terminating-finalizer.yaml');
    const namespace = await aNamespace(fault.rule);
    await apply(namespace, fault.yaml);
    namespaces.push(namespace);
    await kubectl('wait', 'pod/books', '-n', namespace, '--for=condition=Ready', '--timeout=60s');

    await kubectl('delete', 'pod/books', '-n', namespace, '--wait=false');

    await eventually(() => expectOnly(namespace, fault), { seconds: 150, pause: 3_000 });
  });
});
