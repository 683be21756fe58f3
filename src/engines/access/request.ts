/** Who asks, as the API server knows them. */
export interface Identity {
  readonly user: string;
  readonly groups: readonly string[];
}

/** What is asked for: a resource, or a path that is none, such as `/metrics`. */
export type AccessTarget =
  | {
      /** Empty for the core group. */
      readonly group: string;
      /** The plural. */
      readonly resource: string;
      readonly subresource?: string | undefined;
      readonly name?: string | undefined;
      /** Absent for the whole cluster. */
      readonly namespace?: string | undefined;
    }
  | { readonly path: string };

export interface AccessRequest {
  readonly verb: string;
  readonly target: AccessTarget;
}

/**
 * How a ServiceAccount appears to authorizers (apiserver `serviceaccount.MakeUsername`, `MakeGroupNames`); every
 * authenticated user is in the last group.
 */
export const serviceAccountIdentity = (namespace: string, name: string): Identity => ({
  user: `system:serviceaccount:${namespace}:${name}`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
});

/** `ServiceAccount shop/api` or `User jane`. */
export function describeIdentity({ user }: Identity): string {
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user);
  return account === null ? `User ${user}` : `ServiceAccount ${account[1]}/${account[2]}`;
}

/** `pods/log`, `deployments.apps`, `/metrics`. */
export function describeTarget(target: AccessTarget): string {
  if ('path' in target) return target.path;
  const { group, resource, subresource } = target;
  return `${resource}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`;
}

/** `list pods in namespace shop`, `get nodes in the whole cluster`. */
export function describeRequest({ verb, target }: AccessRequest): string {
  if ('path' in target) return `${verb} ${target.path}`;
  const name = target.name === undefined ? '' : ` ${JSON.stringify(target.name)}`;
  const place = target.namespace === undefined ? 'in the whole cluster' : `in namespace ${target.namespace}`;
  return `${verb} ${describeTarget(target)}${name} ${place}`;
}
