import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { aNamespace, deleteNamespaces, eventually } from './bed.ts';
import { expectOnly, faultOf, folder, provoke } from './fault.ts';

const faults = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .map(faultOf);
const namespaces = new Map<string, string>();

describe('a real fault', () => {
  beforeAll(async () => {
    for (const fault of faults) {
      const namespace = await aNamespace(fault.rule);
      namespaces.set(fault.rule, namespace);
      await provoke(namespace, fault);
    }
  });
  afterAll(() => deleteNamespaces([...namespaces.values()]));

  it.each(faults)('is named as $rule on $object, and nothing else is claimed', async (fault) => {
    const namespace = namespaces.get(fault.rule) ?? '';

    await eventually(() => expectOnly(namespace, fault), { seconds: 180, pause: 3_000 });
  });
});
