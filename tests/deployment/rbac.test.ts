import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { rbacFile } from '../../scripts/generate-rbac.ts';
import type { Read } from '../../src/engines/snapshot-data.ts';
import { readArchive } from '../../src/kubernetes/archive/read.ts';
import { builtinTypes } from '../../src/kubernetes/live/builtin-types.ts';
import { healingTools } from '../../src/tools/healing-tools.ts';
import { tools } from '../../src/tools/index.ts';
import { chart, type Manifest, rendered } from './tools.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const file = parse(rbacFile()) as Readonly<Record<string, readonly Rule[]>>;

/** As tools state it: `patch apps/deployments`. */
const permissionsOf = (rules: readonly Rule[]): readonly string[] =>
  rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group === '' ? '' : `${group}/`}${resource}`)),
    ),
  );

/** Of all roles of a rendered chart, with where they hold. */
const granted = (manifests: readonly Manifest[]): readonly string[] =>
  manifests
    .filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole')
    .flatMap(({ metadata: { namespace = '*' }, ...role }) =>
      permissionsOf(role['rules'] as readonly Rule[]).map((permission) => `${namespace}: ${permission}`),
    );

const isWrite = (permission: string): boolean => !/: (?:get|list) /.test(permission);

describe('the rules of RBAC', () => {
  it('are those that the tools declare, and no others', () => {
    const declared = new Set([...tools, ...healingTools].flatMap(({ permissions }) => permissions));
    const ofCalls = ['create authentication.k8s.io/tokenreviews', 'impersonate groups', 'impersonate users'];

    expect(new Set(permissionsOf(Object.values(file).flat()))).toEqual(new Set([...declared, ...ofCalls]));
    expect(readFileSync(`${chart}/files/rbac.yaml`, 'utf8')).toBe(rbacFile());
  });

  it('name no Secrets, nothing that runs commands, and no wildcard', () => {
    const all = permissionsOf(Object.values(file).flat()).join('\n');

    expect(all).not.toMatch(/[ /]secrets(?:\/|$)|\/(?:exec|attach|portforward|proxy|token)\b|\*|^(?:escalate|bind) /m);
  });
});

describe('what recorded diagnoses have read', () => {
  /** Custom resources are called as their kind is, in the plural; PodMetrics is not. */
  const pluralOf = (kind: string): string =>
    kind === 'PodMetrics' ? 'pods' : `${kind.toLowerCase()}${kind.endsWith('s') ? 'es' : 's'}`;
  const resourceOf = ({ kind, apiVersion }: Extract<Read, { readonly kind: string }>): string => {
    const builtin = builtinTypes.find((type) => type.kind === kind);
    const { group, resource } = builtin ?? { group: apiVersion?.split('/')[0] ?? '', resource: pluralOf(kind) };
    return group === '' ? resource : `${group}/${resource}`;
  };

  it('is declared, but for Secrets', async () => {
    const declared = new Set(tools.flatMap(({ permissions }) => permissions));
    const recordings = readdirSync('tests/eval/recorded').map((name) => readArchive(`tests/eval/recorded/${name}`));

    const reads = (await Promise.all(recordings)).flatMap((data) => data.reads.map(({ read }) => read));
    const permissions = reads.map((read) =>
      read.verb === 'log' ? 'get pods/log' : `${read.verb} ${resourceOf(read)}`,
    );

    expect([...new Set(permissions)].filter((each) => !declared.has(each)).toSorted()).toEqual([
      'get secrets',
      'list secrets',
    ]);
  });
});

describe('a release', () => {
  it('that changes nothing may write nothing but questions about callers', () => {
    expect(granted(rendered({})).filter(isWrite)).toEqual([
      '*: create authorization.k8s.io/subjectaccessreviews',
      '*: create authentication.k8s.io/tokenreviews',
    ]);
  });

  it('that heals may do so in its namespaces, and keep records in its own', () => {
    const writes = granted(rendered('heal-values.yaml')).filter(isWrite);

    expect(new Set(writes.map((each) => each.split(':')[0]))).toEqual(new Set(['*', 'kubemend', 'search', 'shop']));
    expect(writes.filter((each) => each.startsWith('kubemend:'))).toEqual([
      'kubemend: create coordination.k8s.io/leases',
      'kubemend: delete coordination.k8s.io/leases',
      'kubemend: update coordination.k8s.io/leases',
    ]);
    expect(writes.filter((each) => each.startsWith('shop:')).map((each) => each.slice(6))).toEqual(
      writes.filter((each) => each.startsWith('search:')).map((each) => each.slice(8)),
    );
    expect(writes).not.toContain('*: patch nodes');
  });

  it('may cordon and drain only where that is said', () => {
    expect(granted(rendered('heal-nodes-values.yaml')).filter(isWrite)).toEqual(
      expect.arrayContaining(['*: patch nodes', '*: create pods/eviction', 'default: create events']),
    );
  });

  it('that asks in the name of its callers may read nothing itself', () => {
    expect(granted(rendered('impersonate-values.yaml'))).toEqual([
      '*: impersonate groups',
      '*: impersonate users',
      ...['create', 'delete', 'get', 'list', 'update'].map((verb) => `kubemend: ${verb} coordination.k8s.io/leases`),
      'shop: create events',
    ]);
  });

  it('reads no logs where it is told not to', () => {
    expect(granted(rendered({}))).toContain('*: get pods/log');
    expect(granted(rendered('readonly-values.yaml'))).not.toContain('*: get pods/log');
  });

  it('asks whose tokens they are only where it takes tokens of ServiceAccounts', () => {
    expect(granted(rendered('oidc-values.yaml'))).not.toContain('*: create authentication.k8s.io/tokenreviews');
  });
});
