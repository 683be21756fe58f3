import type { AccessTarget } from '../engines/access/request.ts';
import type { Reader } from '../kubernetes/ports.ts';
import { AppError } from '../platform/errors.ts';

interface Wanted {
  /** As people write it: `pods/log`, `deploy`, `deployments.apps`, `/metrics`. */
  readonly resource: string;
  readonly name: string | undefined;
  readonly namespace: string | undefined;
}

/** Resources of which only permissions exist: nothing is stored under them (RBAC docs, impersonation and signers). */
const virtual: Readonly<Record<string, string>> = {
  users: '',
  groups: '',
  uids: 'authentication.k8s.io',
  userextras: 'authentication.k8s.io',
  signers: 'certificates.k8s.io',
};

/** What a subresource is called; a name after a slash would be one, too. */
const subresources = new Set(
  'log exec attach portforward proxy status scale binding eviction ephemeralcontainers token approval finalizers finalize resize'.split(
    ' ',
  ),
);

/**
 * What a request for access is about, the kind resolved; without a namespace when its kind has none.
 * @throws AppError `not_found` for a kind that the cluster does not serve; `validation_error` for `pod/web-1`.
 */
export async function accessTarget(
  reader: Reader,
  { resource, name, namespace }: Wanted,
  signal: AbortSignal,
): Promise<AccessTarget> {
  if (resource.startsWith('/')) return { path: resource };
  const [written = '', subresource] = resource.split('/');
  if (subresource !== undefined && !subresources.has(subresource)) throw noSubresource(written, subresource);
  const named = { ...(subresource !== undefined && { subresource }), ...(name !== undefined && { name }) };
  if (written === '*') return { group: '*', resource: '*', ...named, ...(namespace !== undefined && { namespace }) };
  const [word = ''] = written.split('.');
  const group = Object.hasOwn(virtual, word) ? virtual[word] : undefined;
  if (group !== undefined) return { group, resource: word, ...named };
  const type = await reader.resolve(written, signal);
  const place = type.namespaced && namespace !== undefined ? { namespace } : {};
  return { group: type.group, resource: type.resource, ...named, ...place };
}

const noSubresource = (resource: string, subresource: string): AppError =>
  new AppError('validation_error', `${JSON.stringify(subresource)} is no subresource of ${resource}.`, {
    hint: 'The name of an object goes into name; a subresource is one such as pods/log or deployments/scale.',
    details: { problems: [{ path: 'resource', message: `has no subresource ${subresource}` }] },
  });
