import type { ObjectRef } from '../engines/objects.ts';
import type { Reader } from '../kubernetes/ports.ts';
import { AppError } from '../platform/errors.ts';
import type { ToolContext, ToolSettings } from './tool.ts';

interface Where {
  readonly namespace?: string | undefined;
  readonly all_namespaces: boolean;
}

/**
 * The namespace that a call is about: the named one, none when it asks for all, else the configured one.
 * @throws AppError `validation_error` when it names one and asks for all; `refused` for a system namespace, unless
 * those are allowed: naming none must not open what naming it would not.
 */
export function targetNamespace({ namespace, all_namespaces }: Where, settings: ToolSettings): string | undefined {
  if (all_namespaces && namespace !== undefined) {
    throw new AppError('validation_error', 'namespace and all_namespaces exclude each other.', {
      hint: 'Leave one of them out.',
      details: { problems: [{ path: 'all_namespaces', message: 'excludes namespace' }] },
    });
  }
  if (all_namespaces) return undefined;
  const target = namespace ?? settings.namespace;
  if (isSystem(target) && !settings.allowSystemNamespaces) throw refusal(target);
  return target;
}

export const isSystem = (namespace: string | undefined): boolean => namespace?.startsWith('kube-') ?? false;

const refusal = (namespace: string): AppError =>
  new AppError('refused', `${namespace} is a system namespace.`, {
    hint: 'Name another namespace; KUBEMEND_ALLOW_SYSTEM_NAMESPACES=true (or --allow-system-namespaces) allows reading it.',
    details: { namespace, policy: 'system_namespaces' },
  });

interface Wanted {
  /** As people write it. */
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
}

/**
 * The object of that kind and name, its kind resolved; without a namespace when its kind has none.
 * @throws AppError `not_found` when the cluster has no such kind; `refused` for a system namespace itself.
 */
export async function targetObject(
  reader: Reader,
  { kind, name, namespace }: Wanted,
  { settings, signal }: Pick<ToolContext, 'settings' | 'signal'>,
): Promise<ObjectRef> {
  const type = await reader.resolve(kind, signal);
  if (type.kind === 'Namespace' && isSystem(name) && !settings.allowSystemNamespaces) throw refusal(name);
  return type.namespaced ? { kind: type.kind, namespace, name } : { kind: type.kind, name };
}

/** `deployment/api` as kind and name; the schema has checked the shape. */
export function splitPath(path: string): { readonly kind: string; readonly name: string } {
  const slash = path.indexOf('/');
  return { kind: path.slice(0, slash), name: path.slice(slash + 1) };
}
