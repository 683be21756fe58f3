import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { aNamespace, deleteNamespaces, eventually } from './bed.ts';
import { expectOnly, type Fault, faultOf, folder, provoke } from './fault.ts';

/** More at once starve a machine of two cores. */
const atOnce = 24;
const faults = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .map(faultOf);
const groups = Array.from({ length: Math.ceil(faults.length / atOnce) }, (_, index) => ({
  group: index + 1,
  members: faults.slice(index * atOnce, (index + 1) * atOnce),
}));

describe.each(groups)('a real fault of group $group', ({ members }) => {
  const namespaces = new Map<Fault, string>();

  beforeAll(async () => {
    for (const fault of members) {
      const namespace = await aNamespace(fault.name);
      namespaces.set(fault, namespace);
      await provoke(namespace, fault);
    }
  });
  afterAll(() => deleteNamespaces([...namespaces.values()]));

  it.each(members)('$name is named as $rule on $object, and nothing else is claimed', async (fault) => {
    const namespace = namespaces.get(fault) ?? '';

    await eventually(() => expectOnly(namespace, fault), { seconds: 180, pause: 3_000 });
  });
});
