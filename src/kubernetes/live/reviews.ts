import type { AccessReview } from '../../engines/access/access.ts';
import type { AccessRequest, AccessTarget, Identity } from '../../engines/access/request.ts';
import type { PermissionAnswer } from '../ports.ts';
import type { Rest, RestCall } from './rest.ts';
import { accessReviewShape, identityShape, reviewShape } from './shapes.ts';

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

interface AccessQuestion {
  readonly request: AccessRequest;
  /** Absent for the credentials themselves, which everybody may ask about. */
  readonly who: Identity | undefined;
}

const reviewsOf = {
  self: { kind: 'SelfSubjectAccessReview', resource: 'selfsubjectaccessreviews' },
  others: { kind: 'SubjectAccessReview', resource: 'subjectaccessreviews' },
} as const;

/** One request with the reason that an authorizer gives: RBAC names the binding, or the role that does not exist. */
export async function reviewAccess(
  rest: Rest,
  { request, who }: AccessQuestion,
  call: RestCall,
): Promise<AccessReview> {
  const { kind, resource } = who === undefined ? reviewsOf.self : reviewsOf.others;
  const post = { apiVersion: 'authorization.k8s.io/v1', kind, spec: { ...who, ...attributesIn(request) } };
  const { status } = await rest.json(
    {
      asking: { verb: 'create', type: { group: 'authorization.k8s.io', resource, kind } },
      path: `/apis/authorization.k8s.io/v1/${resource}`,
      post,
      shape: accessReviewShape,
    },
    call,
  );
  const reason = [status?.reason, status?.evaluationError].filter(Boolean).join('; ');
  return { allowed: status?.allowed === true, ...(reason !== '' && { reason }) };
}

const attributesIn = ({ verb, target }: { verb: string; target: AccessTarget }) =>
  'path' in target
    ? { nonResourceAttributes: { verb, path: target.path } }
    : { resourceAttributes: { verb, ...target } };

/** Who the API server takes these credentials for. */
export async function ownIdentity(rest: Rest, call: RestCall): Promise<Identity> {
  const { username, groups = [] } = await ownUser(rest, call);
  return { user: username, groups };
}

/** The same, as it stands in the answer. */
export async function ownUser(rest: Rest, call: RestCall) {
  const [resource, kind] = ['selfsubjectreviews', 'SelfSubjectReview'];
  const { status } = await rest.json(
    {
      asking: { verb: 'create', type: { group: 'authentication.k8s.io', resource, kind } },
      path: `/apis/authentication.k8s.io/v1/${resource}`,
      post: { apiVersion: 'authentication.k8s.io/v1', kind },
      shape: identityShape,
    },
    call,
  );
  return status.userInfo;
}
