import { nearest } from '../platform/nearest.ts';
import { complaints } from './complaints.ts';
import { isCrashing, isMissed } from './crashes/crashing.ts';
import { type TellingEntry, tellingEntries } from './logs/telling.ts';
import { type ObjectRef, type Of, type Pod, refOf } from './objects.ts';
import { unsettledPods } from './pod-groups.ts';
import { containersOf } from './pods.ts';
import type { Snapshot } from './snapshot.ts';

/** What the API server refused a ServiceAccount, in its own words. */
export interface Denial {
  readonly account: ObjectRef;
  readonly verb: string;
  /** Plural, with its subresource: `pods/log`. */
  readonly resource: string;
  /** Empty for the core group. */
  readonly group: string;
  /** Absent at the scope of the cluster. */
  readonly namespace: string | undefined;
}

const denied =
  /User "system:serviceaccount:([^:"]+):([^"]+)" cannot (\S+) resource "([^"]+)"(?: in API group "([^"]*)")?(?: in the namespace "([^"]+)"| at the cluster scope)?/;

/** Reads `User "system:serviceaccount:NS:SA" cannot VERB resource "R" in API group "G" in the namespace "N"` (apiserver `forbiddenMessage`). */
export function accessDenialIn(text: string): Denial | undefined {
  // A Status that is logged as JSON has its quotes escaped.
  const [, owner, name, verb, resource, group = '', namespace] = denied.exec(text.replaceAll('\\"', '"')) ?? [];
  if (owner === undefined || name === undefined || verb === undefined || resource === undefined) return undefined;
  return { account: { kind: 'ServiceAccount', namespace: owner, name }, verb, resource, group, namespace };
}

/** Resources that only Kubernetes calls so, with their API group: other servers answer 403 too. */
const groups: Readonly<Record<string, string>> = {
  pods: '',
  secrets: '',
  configmaps: '',
  nodes: '',
  namespaces: '',
  endpoints: '',
  serviceaccounts: '',
  persistentvolumeclaims: '',
  deployments: 'apps',
  statefulsets: 'apps',
  daemonsets: 'apps',
  replicasets: 'apps',
  cronjobs: 'batch',
  ingresses: 'networking.k8s.io',
};
const shortly = new RegExp(
  `\\b(?:cannot|can't|may not|failed to|unable to) (get|list|watch|create|update|patch|delete) (${Object.keys(groups).join('|')})\\b(?: in (?:the )?(?:namespace )?["']?([a-z0-9-]+))?[^\\n]*\\b(?:403|[Ff]orbidden)\\b`,
);

/** A program's own words for a denial: `cannot list pods in shop: HTTP 403`. It asked as its pod's ServiceAccount. */
function toldDenial(text: string, { metadata, spec }: Pod): Denial | undefined {
  const [, verb, resource, where] = shortly.exec(text) ?? [];
  const { namespace } = metadata;
  if (verb === undefined || resource === undefined) return undefined;
  const name = spec?.serviceAccountName ?? 'default';
  const account: ObjectRef = { kind: 'ServiceAccount', namespace, name };
  return { account, verb, resource, group: groups[resource] ?? '', namespace: where ?? namespace };
}

const denialIn = (text: string, pod: Pod): Denial | undefined => accessDenialIn(text) ?? toldDenial(text, pod);

export interface DeniedPod {
  readonly pod: Pod;
  readonly container: string;
  readonly denial: Denial;
  readonly entry: TellingEntry;
}

/** Only what tells most in a log may be what the program fails for. */
const telling = 2;

/** Pods whose log says that the API server refused them something: they do not work, or say so all the time. */
export const deniedPods = (snapshot: Snapshot): readonly DeniedPod[] => [
  ...brokenByDenial(snapshot),
  ...complaints(snapshot).flatMap(({ pod, container, fault }) => {
    const [entry] = fault.tellings;
    const denial = fault.signature === 'rbac' ? denialIn(entry.entry.lines.join('\n'), pod) : undefined;
    return denial === undefined ? [] : [{ pod, container: container.name, denial, entry }];
  }),
];

const brokenByDenial = (snapshot: Snapshot): readonly DeniedPod[] =>
  unsettledPods(snapshot).flatMap((pod) =>
    containersOf(pod).flatMap((container) => {
      const { name, status } = container;
      if (!isMissed(snapshot, pod) || (status?.ready === true && !isCrashing(pod, container, snapshot.now))) return [];
      const logs = [false, true].flatMap((previous) => snapshot.log(refOf(pod), name, previous) ?? []);
      const found = logs.flatMap((log) =>
        tellingEntries(log)
          .slice(0, telling)
          .flatMap((entry) => {
            const denial = denialIn(entry.entry.lines.join('\n'), pod);
            return denial === undefined ? [] : [{ pod, container: name, denial, entry }];
          }),
      );
      return found.slice(0, 1);
    }),
  );

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

/** Roles that allow it inside of a namespace, when it was refused in the whole cluster: no RoleBinding reaches there. */
export const confinedRoles = (snapshot: Snapshot, denied: Denial): readonly BoundRole[] =>
  denied.namespace === undefined
    ? rolesOf(snapshot, denied, snapshot.all('RoleBinding')).filter(({ verbs }) => allows(verbs, denied))
    : [];

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
