import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { aNamespace, deleteNamespaces, type Ended, kubectl, kubemend } from './bed.ts';

/** Tests act more often than a person would: no rest between two actions, and no counting. */
export const unlimited = `
cooldown: { after_success_minutes: 0, after_failure_minutes: 0 }
caps: { per_workload_hour: 100, per_workload_day: 100, per_namespace_hour: 500, per_cluster_hour: 1000 }
`;

export interface Plan {
  readonly id: string;
  /** As the terminal shows it. */
  readonly text: string;
  /** The words that say where it is kept, as the plan's hint has them. */
  readonly place: readonly string[];
}

/** The built program as it heals in one namespace, with a signing key of its own: what others did is not its history. */
export interface Healer {
  readonly namespace: string;
  readonly env: Readonly<Record<string, string>>;
  /** `heal WORD…`, without anybody who could answer. */
  readonly run: (...words: readonly string[]) => Promise<Ended>;
  /** That a plan is made, and nothing done. */
  readonly plan: (...words: readonly string[]) => Promise<Plan>;
  /** Applies a plan that was shown. */
  readonly approve: (plan: Plan) => Promise<Ended>;
  /** Plans, applies, and expects that it is verified. */
  readonly heal: (...words: readonly string[]) => Promise<Plan>;
  /** Undoes an action and expects that it is verified. */
  readonly undo: (plan: Plan) => Promise<Plan>;
  /** Expects that no plan is made; what is said instead. */
  readonly refusal: (...words: readonly string[]) => Promise<string>;
}

export function aHealer(namespace: string, { policy = unlimited, env: more = {} } = {}): Healer {
  const file = join(mkdtempSync(join(tmpdir(), 'kubemend-policy-')), 'policy.yaml');
  writeFileSync(file, policy);
  const env = { KUBEMEND_POLICY: file, KUBEMEND_SIGNING_KEY: randomBytes(32).toString('hex'), ...more };
  const run = (...words: readonly string[]): Promise<Ended> => kubemend(['heal', ...words], env);
  const here = (words: readonly string[]): readonly string[] =>
    words.includes('-n') || words.some((word) => word.startsWith('node/')) ? words : [...words, '-n', namespace];

  async function plan(...words: readonly string[]): Promise<Plan> {
    const { status, stdout, stderr } = await run(...here(words));
    const [, id = ''] = /^ {2}id +([0-9a-z]{26}), until /m.exec(stdout) ?? [];
    const [, where = ''] = new RegExp(`: kubemend heal approve ${id}(.*)\n`).exec(stderr) ?? [];
    expect([status, stdout, stderr]).toEqual([
      2,
      expect.stringContaining('Nothing has changed yet. The plan:\n'),
      expect.stringContaining(`kubemend heal approve ${id}`),
    ]);
    return { id, text: stdout, place: where.split(' ').filter((word) => word !== '') };
  }

  const approve = ({ id, place }: Plan): Promise<Ended> => run('approve', id, ...place, '--plan', id, '--yes');

  async function heal(...words: readonly string[]): Promise<Plan> {
    const planned = await plan(...words);
    const { status, stdout, stderr } = await approve(planned);
    expect([stderr, stdout, status]).toEqual(['', expect.stringMatching(/ healthy: verified: /), 0]);
    return { ...planned, text: stdout };
  }

  return {
    namespace,
    env,
    run: (...words) => run(...here(words)),
    plan,
    approve,
    heal,
    // Actions on nodes are kept in `default`.
    undo: ({ id, place }) => heal('undo', id, ...place, ...(place.includes('-n') ? [] : ['-n', 'default'])),
    refusal: async (...words) => {
      const { status, stdout, stderr } = await run(...here(words));
      expect([status, stdout]).toEqual([2, '']);
      return stderr;
    },
  };
}

/** The same person with another policy. */
export const under = ({ namespace, env }: Healer, policy: string): Healer =>
  aHealer(namespace, { policy, env: { KUBEMEND_SIGNING_KEY: env['KUBEMEND_SIGNING_KEY'] ?? '' } });

/**
 * Healers in namespaces of their own. What takes long goes on side by side: with histories of their own none of them
 * waits for another, as actions of one installation do.
 */
export function healersOf(prefix: string) {
  const made: string[] = [];
  return {
    async in(name: string, options: Parameters<typeof aHealer>[1] = {}): Promise<Healer> {
      const namespace = await aNamespace(`${prefix}-${name}`);
      made.push(namespace);
      return aHealer(namespace, options);
    },
    end: () => deleteNamespaces(made),
  };
}

/** The whole spec of an object, as it is now. */
export const specOf = async (object: string, namespace?: string): Promise<object> =>
  (await objectOf(object, namespace)).spec;

export interface Live {
  readonly metadata: { readonly name: string; readonly uid: string; readonly generation?: number };
  readonly spec: object;
  readonly status: object;
}

export async function objectOf(object: string, namespace?: string): Promise<Live> {
  const place = namespace === undefined ? [] : ['-n', namespace];
  return JSON.parse(await kubectl('get', object, ...place, '-o', 'json')) as Live;
}

/** Names of the pods with a label, those that end left out. */
export async function podsOf(app: string, namespace: string): Promise<readonly string[]> {
  const listed = await kubectl('get', 'pods', '-n', namespace, '-l', `app=${app}`, '-o', 'json');
  const { items } = JSON.parse(listed) as { items: { metadata: { name: string; deletionTimestamp?: string } }[] };
  return items.flatMap(({ metadata }) => (metadata.deletionTimestamp === undefined ? [metadata.name] : []));
}
