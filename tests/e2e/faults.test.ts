import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aNamespace, apply, deleteNamespaces, eventually, kubemend } from './bed.ts';

const folder = 'tests/e2e/faults';

interface Fault {
  readonly rule: string;
  readonly object: string;
  readonly yaml: string;
}

/** Each manifest begins with `# expects: rule=<id> object=<Kind>/<name>`. */
function faultOf(file: string): Fault {
  const yaml = readFileSync(`${folder}/${file}`, 'utf8');
  const [, rule, object] = /^# expects: rule=(\S+) object=(\S+)/m.exec(yaml) ?? [];
  if (rule === undefined || object === undefined) throw new Error(`${file} does not say what it expects`);
  return { rule, object, yaml };
}

const faults = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .map(faultOf);
const namespaces = new Map<string, string>();

interface Answer {
  readonly verdict: string;
  readonly causes: readonly { readonly rule: string; readonly summary: string; readonly object: { kind: string; name: string } }[];
}

async function diagnose(namespace: string): Promise<Answer> {
  const { stdout, stderr } = await kubemend(['diagnose', '-n', namespace, '-o', 'json']);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Answer;
}

describe('a real fault', () => {
  beforeAll(async () => {
    for (const { rule, yaml } of faults) {
      const namespace = await aNamespace(rule);
      namespaces.set(rule, namespace);
      await apply(namespace, yaml);
    }
  });
  afterAll(() => deleteNamespaces([...namespaces.values()]));

  it.each(faults)('is named as $rule on $object, and nothing else is claimed', async ({ rule, object }) => {
    const namespace = namespaces.get(rule) ?? '';

    const answer = await eventually(
      async () => {
        const found = await diagnose(namespace);
        const causes = found.causes.map((cause) => `${cause.rule} ${cause.object.kind}/${cause.object.name}: ${cause.summary}`);
        expect(causes[0] ?? 'nothing').toContain(`${rule} ${object}`);
        return found;
      },
      { seconds: 180, pause: 3_000 },
    );

    expect(answer.verdict).toBe('unhealthy');
    expect(answer.causes.map(({ summary }) => summary)).toHaveLength(1);
  });
});
