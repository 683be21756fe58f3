import type { Scope } from '../engines/snapshot-data.ts';
import type { Reader } from '../kubernetes/ports.ts';
import { AppError } from '../platform/errors.ts';
import { splitPath, targetNamespace, targetObject } from './target.ts';
import type { ToolContext } from './tool.ts';

interface Asked {
  readonly namespace?: string | undefined;
  readonly all_namespaces: boolean;
  readonly object?: string | undefined;
}

/**
 * What a call is about: the object that it names, else a namespace, else everything.
 * @throws AppError as {@link targetNamespace} and {@link targetObject} do; `validation_error` for an object everywhere.
 */
export async function scopeOf(
  request: Asked,
  reader: Reader,
  context: Pick<ToolContext, 'settings' | 'signal'>,
): Promise<Scope> {
  const namesNothing = request.object === undefined && request.namespace === undefined;
  // Whoever opens an archive does not know its namespaces yet.
  if (namesNothing && context.settings.archive === true) return {};
  if (request.object === undefined) return { namespace: targetNamespace(request, context.settings) };
  if (request.all_namespaces) {
    throw new AppError('validation_error', 'object and all_namespaces exclude each other.', {
      hint: 'Name the namespace of the object, or leave it out.',
      details: { problems: [{ path: 'all_namespaces', message: 'excludes object' }] },
    });
  }
  const path = splitPath(request.object);
  const named = targetNamespace(request, context.settings);
  const object = await targetObject(reader, { ...path, namespace: named }, context);
  // A namespace is asked about for what is in it.
  if (object.kind === 'Namespace') return { namespace: object.name };
  return { namespace: object.namespace, object };
}
