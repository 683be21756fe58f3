import type { Operation } from '../../engines/healing/action.ts';

/** Plurals of the kinds that are patched by themselves; of others only the scale subresource is. */
const resources: Readonly<Record<string, string>> = {
  Deployment: 'apps/deployments',
  StatefulSet: 'apps/statefulsets',
  DaemonSet: 'apps/daemonsets',
  Node: 'nodes',
  Pod: 'pods/resize',
};

/**
 * What these writes, and telling of them, ask of RBAC: `patch apps/deployments`. A custom kind's scale is tried by the
 * dry-run instead.
 */
export const neededPermissions = (operations: readonly Operation[]): readonly string[] => [
  ...new Set(
    operations.flatMap(({ verb, on }) => {
      if (verb === 'evict') return ['create pods/eviction'];
      const resource = resources[on.object.kind];
      return resource === undefined ? [] : [`patch ${resource}`];
    }),
  ),
  'create events',
];
