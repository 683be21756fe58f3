import { complaints } from './complaints.ts';
import { type TellingEntry, tellingEntries } from './logs/telling.ts';
import { type ObjectRef, type Of, type Pod, refOf } from './objects.ts';
import { containersOf, isFinished } from './pods.ts';
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
  const [, owner, name, verb, resource, group = '', namespace] = denied.exec(text) ?? [];
  if (owner === undefined || name === undefined || verb === undefined || resource === undefined) return undefined;
  return { account: { kind: 'ServiceAccount', namespace: owner, name }, verb, resource, group, namespace };
}

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
    const denial = fault.signature === 'rbac' ? accessDenialIn(entry.entry.lines.join('\n')) : undefined;
    return denial === undefined ? [] : [{ pod, container: container.name, denial, entry }];
  }),
];

const brokenByDenial = (snapshot: Snapshot): readonly DeniedPod[] =>
  snapshot.all('Pod').flatMap((pod) =>
    containersOf(pod).flatMap(({ name, status }) => {
      if (status?.ready === true || isFinished(pod)) return [];
      const logs = [false, true].flatMap((previous) => snapshot.log(refOf(pod), name, previous) ?? []);
      const found = logs.flatMap((log) =>
        tellingEntries(log)
          .slice(0, telling)
          .flatMap((entry) => {
            const denial = accessDenialIn(entry.entry.lines.join('\n'));
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
}

/** Roles bound to the account that hold where it was refused. */
export function boundRoles(snapshot: Snapshot, { account, namespace, ...denial }: Denial): readonly BoundRole[] {
  const bindings: readonly Binding[] = [
    ...(namespace === undefined ? [] : snapshot.all('RoleBinding', namespace)),
    ...snapshot.all('ClusterRoleBinding'),
  ];
  return bindings
    .filter((binding) => means(binding, account))
    .flatMap((binding) => {
      const { kind, name } = binding.roleRef ?? {};
      if ((kind !== 'Role' && kind !== 'ClusterRole') || name === undefined) return [];
      const role: ObjectRef = kind === 'Role' ? { kind, namespace, name } : { kind, name };
      const rules = snapshot.find(kind, role.namespace, name)?.rules ?? [];
      const verbs = rules.filter((rule) => covers(rule, denial)).flatMap((rule) => rule.verbs ?? []);
      const exists = snapshot.presence(kind, role.namespace, name) !== 'absent';
      return [{ binding: refOf(binding), role, exists, verbs: [...new Set(verbs)] }];
    });
}

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

function covers(rule: Rule, { resource, group }: Pick<Denial, 'resource' | 'group'>): boolean {
  const [, subresource] = resource.split('/');
  const names = new Set(['*', resource, ...(subresource === undefined ? [] : [`*/${subresource}`])]);
  return (
    (rule.apiGroups ?? []).some((each) => each === '*' || each === group) &&
    (rule.resources ?? []).some((each) => names.has(each)) &&
    (rule.resourceNames ?? []).length === 0
  );
}
