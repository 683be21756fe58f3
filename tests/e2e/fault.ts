import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { apply, cluster, eventually, kubectl, kubemend } from './bed.ts';

export const folder = 'tests/e2e/faults';

/** A manifest that provokes one fault, with the directions in its comments (faults/README.md). */
export interface Fault {
  /** Of the file, without its ending. */
  readonly name: string;
  readonly rule: string;
  /** `Kind/name` of the cause. */
  readonly object: string;
  readonly yaml: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export function faultOf(file: string): Fault {
  const yaml = readFileSync(`${folder}/${file}`, 'utf8');
  const [, rule, object] = /^# expects: rule=(\S+) object=(\S+)/m.exec(yaml) ?? [];
  if (rule === undefined || object === undefined) throw new Error(`${file} does not say what it expects`);
  const steps = (when: string) =>
    [...yaml.matchAll(new RegExp(`^# ${when}: (.+)$`, 'gm'))].flatMap(([, step]) => step ?? []);
  return {
    name: file.replace(/^.*\/|\.yaml$/g, ''),
    rule,
    object,
    yaml,
    before: steps('before'),
    after: steps('after'),
  };
}

/** Brings the fault about in a namespace that is ready for pods. */
export async function provoke(namespace: string, { yaml, before, after }: Fault): Promise<void> {
  for (const step of before) await take(namespace, step);
  await apply(namespace, yaml);
  if (after.length > 0) await rolledOut(namespace);
  for (const step of after) await take(namespace, step);
}

async function take(namespace: string, step: string): Promise<void> {
  const [verb = '', ...words] = step.split(' ');
  if (verb === 'image') await cluster('image', ...words);
  else if (verb === 'scale') await kubectl('scale', '-n', namespace, ...words);
  else if (verb === 'label') await kubectl('label', 'namespace', namespace, ...words);
  else if (verb === 'apply') {
    await apply(namespace, readFileSync(`${folder}/${words[0]}`, 'utf8'));
    await rolledOut(namespace);
  } else if (verb === 'wait') await sleep(Number(words[0]) * 1_000);
  else throw new Error(`no such direction: ${step}`);
}

const rolledOut = (namespace: string): Promise<string> =>
  eventually(() => kubectl('rollout', 'status', 'deployment', '-n', namespace, '--timeout=60s'));

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

/** That the fault is the one thing that a diagnosis of the namespace claims. */
export async function expectOnly(namespace: string, { rule, object }: Fault): Promise<void> {
  const { verdict, causes, risks } = await diagnose(namespace);
  const claims = [...causes, ...risks].map(named);
  if (claims.length !== 1 || !claims[0]?.startsWith(`${rule} ${object}: `)) {
    throw new Error(`wanted only ${rule} on ${object}, got ${verdict}: ${claims.join('\n')}`);
  }
}
