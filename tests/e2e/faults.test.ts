import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aNamespace, deleteNamespaces, eventually, kubemend } from './bed.ts';
import { faultOf, folder, provoke } from './fault.ts';

const faults = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .map(faultOf);
const namespaces = new Map<string, string>();

interface Named {
  readonly rule: string;
  readonly summary: string;
  readonly object: { readonly kind: string; readonly name: string };
}
interface Answer {
  readonly verdict: string;
  readonly causes: readonly Named[];
  readonly risks: readonly Named[];
}

async function diagnose(namespace: string): Promise<Answer> {
  const { stdout, stderr } = await kubemend(['diagnose', '-n', namespace, '-o', 'json']);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Answer;
}

const named = ({ rule, object, summary }: Named): string => `${rule} ${object.kind}/${object.name}: ${summary}`;

describe('a real fault', () => {
  beforeAll(async () => {
    for (const fault of faults) {
      const namespace = await aNamespace(fault.rule);
      namespaces.set(fault.rule, namespace);
      await provoke(namespace, fault);
    }
  });
  afterAll(() => deleteNamespaces([...namespaces.values()]));

  it.each(faults)('is named as $rule on $object, and nothing else is claimed', async ({ rule, object }) => {
    const namespace = namespaces.get(rule) ?? '';

    const answer = await eventually(
      async () => {
        const found = await diagnose(namespace);
        const [first] = [...found.causes, ...found.risks];
        expect(first === undefined ? found.verdict : named(first)).toContain(`${rule} ${object}: `);
        return found;
      },
      { seconds: 180, pause: 3_000 },
    );

    expect([...answer.causes, ...answer.risks].map(named)).toHaveLength(1);
  });
});
