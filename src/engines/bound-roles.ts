import { nearest } from '../platform/nearest.ts';
import type { Denial } from './access-denials.ts';
import { type ObjectRef, type Of, refOf } from './objects.ts';
import type { Snapshot } from './snapshot.ts';

type Binding = Of<'RoleBinding'> | Of<'ClusterRoleBinding'>;
type Rule = NonNullable<Of<'Role'>['rules']>[number];

/** A role that is bound to a ServiceAccount, as far as it matters for what was refused. */
export interface BoundRole {
  readonly binding: ObjectRef;
  readonly role: ObjectRef;
  /** False when it is known that there is no such role. */
  readonly exists: boolean;
  /** Verbs that it allows on that very resource. */
  readonly verbs: readonly string[];
  /** A rule of it that nearly covers what was refused, and what to change in it. */
  readonly near: NearRule | undefined;
}

export interface NearRule {
  /** `allows get on secrets only of the name db-creds`. */
  readonly says: string;
  /** `add networking.k8s.io to apiGroups`. */
  readonly change: string;
}

/** Bindings that hold where it was refused. */
const bindingsFor = (snapshot: Snapshot, { namespace }: Denial): readonly Binding[] => [
  ...(namespace === undefined ? [] : snapshot.all('RoleBinding', namespace)),
  ...snapshot.all('ClusterRoleBinding'),
];

/** Roles bound to the account that hold where it was refused. */
export const boundRoles = (snapshot: Snapshot, denied: Denial): readonly BoundRole[] =>
  rolesOf(snapshot, denied, bindingsFor(snapshot, denied));

/** Roles bound to the account, wherever they hold. */
export const rolesAnywhere = (snapshot: Snapshot, denied: Denial): readonly BoundRole[] =>
  rolesOf(snapshot, denied, [...snapshot.all('RoleBinding'), ...snapshot.all('ClusterRoleBinding')]);

/** Roles that allow it inside of another namespace than where it was refused: no RoleBinding reaches out of its own. */
export const confinedRoles = (snapshot: Snapshot, denied: Denial): readonly BoundRole[] =>
  rolesOf(
    snapshot,
    denied,
    snapshot.all('RoleBinding').filter(({ metadata }) => metadata.namespace !== denied.namespace),
  ).filter(({ verbs }) => allows(verbs, denied));

/** Whether what a role allows on the resource is what was refused. */
export const allows = (verbs: readonly string[], { verb }: Pick<Denial, 'verb'>): boolean =>
  verbs.includes(verb) || verbs.includes('*');

function rolesOf(snapshot: Snapshot, denied: Denial, bindings: readonly Binding[]): readonly BoundRole[] {
  const { account, namespace: _, ...denial } = denied;
  return bindings
    .filter((binding) => means(binding, account))
    .flatMap((binding) => {
      const { kind, name } = binding.roleRef ?? {};
      if ((kind !== 'Role' && kind !== 'ClusterRole') || name === undefined) return [];
      const { namespace } = binding.metadata;
      const role: ObjectRef = kind === 'Role' ? { kind, namespace, name } : { kind, name };
      const rules = snapshot.find(kind, role.namespace, name)?.rules ?? [];
      const verbs = rules.filter((rule) => covers(rule, denial)).flatMap((rule) => rule.verbs ?? []);
      const exists = snapshot.presence(kind, role.namespace, name) !== 'absent';
      const near = rules.map((rule) => nearly(rule, denial)).find((each) => each !== undefined);
      return [{ binding: refOf(binding), role, exists, verbs: [...new Set(verbs)], near }];
    });
}

/** A binding that may be meant for an account and names another one. */
export interface StrayBinding {
  readonly binding: ObjectRef;
  readonly role: ObjectRef;
  /** `ServiceAccount/app of namespace default`. */
  readonly subject: string;
}

/**
 * Bindings whose subject differs from the account in its namespace, its kind, or a few letters of its name only, and
 * those of a role that would allow it to an account that is not known to exist.
 */
export function strayBindings(snapshot: Snapshot, denial: Denial): readonly StrayBinding[] {
  const { namespace: owner, name } = denial.account;
  return bindingsFor(snapshot, denial).flatMap(({ subjects = [], roleRef, metadata, kind }) => {
    const role = { kind: roleRef?.kind ?? 'Role', name: roleRef?.name ?? '' };
    const found = subjects.find((subject) =>
      subject.name === name
        ? subject.kind !== 'ServiceAccount' || (subject.namespace ?? metadata.namespace) !== owner
        : subject.kind === 'ServiceAccount' &&
          snapshot.presence('ServiceAccount', subject.namespace ?? metadata.namespace, subject.name ?? '') !==
            'present' &&
          (((subject.namespace ?? metadata.namespace) === owner && nearest(name, [subject.name ?? ''], 1).length > 0) ||
            grants(snapshot, role, metadata.namespace, denial)),
    );
    if (found === undefined || role.name.startsWith('system:')) return [];
    const where = found.kind === 'ServiceAccount' ? ` of namespace ${found.namespace ?? metadata.namespace}` : '';
    const binding = { kind: kind ?? 'RoleBinding', namespace: metadata.namespace, name: metadata.name };
    return [{ binding, role, subject: `${found.kind}/${found.name}${where}` }];
  });
}

/** Whether a Role of that namespace would allow what was refused. */
const grants = (
  snapshot: Snapshot,
  { kind, name }: ObjectRef,
  namespace: string | undefined,
  denial: Denial,
): boolean =>
  kind === 'Role' &&
  (snapshot.find('Role', namespace, name)?.rules ?? []).some(
    (rule) => covers(rule, denial) && (rule.verbs ?? []).some((verb) => verb === '*' || verb === denial.verb),
  );

/** A RoleBinding that names no namespace means its own (rbac `appliesToUser`). */
function means({ subjects = [], metadata }: Binding, { namespace, name }: ObjectRef): boolean {
  const groups = new Set(['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated']);
  return subjects.some((subject) =>
    subject.kind === 'Group'
      ? groups.has(subject.name ?? '')
      : subject.kind === 'ServiceAccount' &&
        subject.name === name &&
        (subject.namespace ?? metadata.namespace) === namespace,
  );
}

/** A rule about the resource that is of another API group, for objects of some names only, or without its subresource. */
function nearly(
  rule: Rule,
  { verb, resource, group }: Pick<Denial, 'verb' | 'resource' | 'group'>,
): NearRule | undefined {
  const { apiGroups = [], resourceNames = [], resources = [], verbs = [] } = rule;
  const [whole = '', subresource] = resource.split('/');
  if (subresource !== undefined && resources.includes(whole) && !resources.includes(resource))
    return { says: `names ${whole}, not the subresource ${resource}`, change: `add ${resource} to resources` };
  if (!resources.includes(resource) || !(verbs.includes(verb) || verbs.includes('*'))) return undefined;
  if (!apiGroups.includes('*') && !apiGroups.includes(group)) {
    const groups = apiGroups.map((each) => (each === '' ? '"" (core)' : each)).join(', ') || 'none';
    const right = group === '' ? '""' : group;
    return {
      says: `allows it on ${resource} of API group ${groups}, not of ${right}`,
      change: `add ${right} to apiGroups`,
    };
  }
  // An object that is not made yet, and a list, have no name that could be allowed.
  const nameless = ['create', 'list', 'watch', 'deletecollection'].includes(verb);
  return resourceNames.length === 0
    ? undefined
    : {
        says: `allows ${verb} on ${resource} only of the ${resourceNames.length === 1 ? 'name' : 'names'} ${resourceNames.slice(0, 3).join(', ')}${nameless ? `, and a ${verb} names none` : ''}`,
        change: nameless
          ? `write a rule without resourceNames for ${verb}`
          : 'add the name that is refused to resourceNames',
      };
}

function covers(rule: Rule, { resource, group }: Pick<Denial, 'resource' | 'group'>): boolean {
  const [, subresource] = resource.split('/');
  const names = new Set(['*', resource, ...(subresource === undefined ? [] : [`*/${subresource}`])]);
  return (
    (rule.apiGroups ?? []).some((each) => each === '*' || each === group) &&
    (rule.resources ?? []).some((each) => names.has(each)) &&
    (rule.resourceNames ?? []).length === 0
  );
}
