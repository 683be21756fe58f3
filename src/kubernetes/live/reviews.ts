import type { PermissionAnswer } from '../ports.ts';
import type { Rest } from './rest.ts';
import { reviewShape } from './shapes.ts';

interface PermissionQuestion {
  /** `list apps/deployments`, `get pods/log`, `get metrics.k8s.io/pods`. */
  readonly permissions: readonly string[];
  readonly namespace: string | undefined;
}

const type = { group: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews', kind: 'SelfSubjectAccessReview' };
const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

/** Asks the API server what its own authorizers say about these credentials. */
export function reviewPermissions(
  rest: Rest,
  { permissions, namespace }: PermissionQuestion,
  signal: AbortSignal,
): Promise<readonly PermissionAnswer[]> {
  return Promise.all(
    permissions.map(async (permission) => {
      const resourceAttributes = { ...attributesOf(permission), ...(namespace !== undefined && { namespace }) };
      const post = { apiVersion: 'authorization.k8s.io/v1', kind: type.kind, spec: { resourceAttributes } };
      const { status } = await rest.json(
        { asking: { verb: 'create', type }, path, post, shape: reviewShape },
        { signal },
      );
      return { permission, allowed: status?.allowed === true };
    }),
  );
}

/** Before a slash stands a group when it has a dot or is one of the old ones without; else what follows is a subresource. */
function attributesOf(permission: string): Record<string, string> {
  const [verb = '', what = ''] = permission.split(' ');
  const parts = what.split('/');
  const [first = ''] = parts;
  const grouped =
    parts.length > 1 &&
    (first.includes('.') || ['apps', 'batch', 'autoscaling', 'policy', 'extensions'].includes(first));
  const [resource = '', subresource] = grouped ? parts.slice(1) : parts;
  return { verb, group: grouped ? first : '', resource, ...(subresource !== undefined && { subresource }) };
}
