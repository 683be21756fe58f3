import type { KubernetesObject } from '../../src/engines/objects.ts';

const group_ = 'rbac.authorization.k8s.io';

/** A rule over the core group. */
export const rule = (verbs: readonly string[], resources: readonly string[], more: object = {}) => ({
  apiGroups: [''],
  resources,
  verbs,
  ...more,
});

export const account = (name: string, namespace = 'shop') => ({ kind: 'ServiceAccount', namespace, name });
export const group = (name: string) => ({ kind: 'Group', apiGroup: group_, name });

type Subject = Readonly<Record<string, string>>;

const rbac = (kind: string, metadata: object, rest: object): KubernetesObject =>
  ({ apiVersion: `${group_}/v1`, kind, metadata, ...rest }) as unknown as KubernetesObject;

/** A Role in `shop`. */
export const aRole = (name: string, rules: readonly object[] | undefined, namespace = 'shop') =>
  rbac('Role', { name, namespace }, { rules });

export const aClusterRole = (name: string, rules: readonly object[]) => rbac('ClusterRole', { name }, { rules });

/** A RoleBinding in `shop` to `Role/name` or `ClusterRole/name`. */
export function aBinding(name: string, role: string, subjects: readonly Subject[], namespace = 'shop') {
  const [kind, roleName] = role.split('/');
  return rbac('RoleBinding', { name, namespace }, { roleRef: { apiGroup: group_, kind, name: roleName }, subjects });
}

export const aClusterBinding = (name: string, role: string, subjects: readonly Subject[]) =>
  rbac('ClusterRoleBinding', { name }, { roleRef: { apiGroup: group_, kind: 'ClusterRole', name: role }, subjects });
