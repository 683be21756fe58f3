import type { ObjectRef } from '../../engines/objects.ts';
import { AppError } from '../../platform/errors.ts';
import { nearest } from '../../platform/nearest.ts';
import type { ResourceType } from '../ports.ts';
import { builtinTypes } from './builtin-types.ts';
import { firstNames } from './lists.ts';
import { pathOf } from './paths.ts';
import type { Rest, RestCall } from './rest.ts';
import { anyShape } from './shapes.ts';

const namespaceType = builtinTypes.find(({ kind }) => kind === 'Namespace');

/** Throws `not_found` with the nearest names when there is no such namespace; silent when that cannot be known. */
export async function checkNamespace(rest: Rest, namespace: string, call: RestCall): Promise<void> {
  if (namespaceType === undefined) return;
  try {
    const asking = { verb: 'get', type: namespaceType, name: namespace } as const;
    await rest.json({ asking, path: pathOf(namespaceType, { name: namespace }), shape: anyShape }, call);
  } catch (error) {
    call.signal.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'validation_error') throw error;
    if (error.code === 'not_found')
      throw await missingObject(rest, namespaceType, { kind: 'Namespace', name: namespace }, call);
  }
}

/** The error for an object that is not there: its namespace may be missing, or its name may be misspelled. */
export async function missingObject(rest: Rest, type: ResourceType, ref: ObjectRef, call: RestCall): Promise<AppError> {
  const { namespace, name } = ref;
  try {
    if (namespace !== undefined) await checkNamespace(rest, namespace, call);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  const names = await namesOrNone(rest, { type, namespace }, call);
  const suggestions = nearest(name, names);
  const place = namespace === undefined ? '' : ` in namespace ${namespace}`;
  return new AppError('not_found', `${type.kind}/${name}${place} does not exist.`, {
    hint: suggestions.length > 0 ? `Did you mean ${suggestions.join(' or ')}?` : hintOf(names),
    details: { ...(namespace !== undefined && { namespace }), suggestions, status: 404 },
  });
}

/** Few names are said; system namespaces are no answer to anything. */
function hintOf(names: readonly string[]): string {
  const own = names.filter((name) => !name.startsWith('kube-'));
  return own.length > 0 && own.length <= 8 ? `There are: ${own.join(', ')}.` : 'list_resources shows what there is.';
}

/** Suggestions are a courtesy: without permission to list there are none. */
async function namesOrNone(
  rest: Rest,
  question: { type: ResourceType; namespace: string | undefined },
  call: RestCall,
): Promise<readonly string[]> {
  try {
    return await firstNames(rest, question, call);
  } catch {
    call.signal.throwIfAborted();
    // Whatever the reason, the object is still missing, and that is the answer.
    return [];
  }
}
