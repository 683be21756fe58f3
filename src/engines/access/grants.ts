import type * as client from '@kubernetes/client-node';
import { type ObjectRef, type Of, type Raw, refOf } from '../objects.ts';
import type { Snapshot } from '../snapshot.ts';
import type { AccessRequest, Identity } from './request.ts';
import { focused, gapsOf, type PolicyRule } from './rules.ts';

export type Subject = Raw<client.RbacV1Subject>;
export type Binding = Of<'RoleBinding'> | Of<'ClusterRoleBinding'>;
export type Role = Of<'Role'> | Of<'ClusterRole'>;

/** One way in which somebody is allowed something. */
export interface Grant {
  readonly binding: ObjectRef;
  readonly role: ObjectRef;
  /** Which of the binding's subjects is meant: `Group system:authenticated`. */
  readonly subject: string;
  readonly rule: PolicyRule;
}

/** Every rule that allows the request, cluster-wide bindings first, as the API server visits them. */
export const grantsOf = (snapshot: Snapshot, who: Identity, request: AccessRequest): readonly Grant[] =>
  bindingsFor(snapshot, request).flatMap((binding) => {
    const subject = subjectOf(binding, who);
    const role = roleOf(snapshot, binding);
    if (subject === undefined || role === undefined) return [];
    const rules = (role.rules ?? []).filter((rule) => gapsOf(rule, request).length === 0);
    return rules.map((rule) => ({
      binding: refOf(binding),
      role: refOf(role),
      subject: describeSubject(subject, binding),
      rule: focused(rule, request),
    }));
  });

/** Bindings that hold where the request is about: of the cluster, and of its namespace. */
function bindingsFor(snapshot: Snapshot, { target }: AccessRequest): readonly Binding[] {
  const namespace = 'path' in target ? undefined : target.namespace;
  return [
    ...snapshot.all('ClusterRoleBinding'),
    ...(namespace === undefined ? [] : snapshot.all('RoleBinding', namespace)),
  ];
}

/** What a binding refers to; `undefined` when it was not read, or does not exist. */
export function roleOf(snapshot: Snapshot, { metadata, roleRef }: Binding): Role | undefined {
  const { name = '' } = roleRef ?? {};
  return roleRef?.kind === 'Role'
    ? snapshot.find('Role', metadata.namespace, name)
    : snapshot.find('ClusterRole', undefined, name);
}

/** The subject by which a binding applies to somebody (rbac `appliesToUser`). */
export const subjectOf = (binding: Binding, { user, groups }: Identity): Subject | undefined =>
  binding.subjects?.find(({ kind, name = '', namespace = binding.metadata.namespace }) => {
    if (kind === 'User') return name === user;
    if (kind === 'Group') return groups.includes(name);
    return kind === 'ServiceAccount' && user === `system:serviceaccount:${namespace}:${name}`;
  });

/** `Group system:authenticated`, `ServiceAccount shop/api`. */
export function describeSubject({ kind, namespace, name }: Subject, { metadata }: Binding): string {
  return kind === 'ServiceAccount' ? `${kind} ${namespace ?? metadata.namespace}/${name}` : `${kind} ${name}`;
}

/** Bindings of somebody, where the request is about, whose role is known not to exist. */
export const danglingOf = (snapshot: Snapshot, who: Identity, request: AccessRequest) =>
  bindingsFor(snapshot, request).flatMap((binding) => {
    const { kind = '', name = '' } = binding.roleRef ?? {};
    const namespace = kind === 'Role' ? binding.metadata.namespace : undefined;
    const gone = subjectOf(binding, who) !== undefined && snapshot.presence(kind, namespace, name) === 'absent';
    return gone ? [{ binding: refOf(binding), role: { kind, namespace, name } }] : [];
  });
