import type { KubernetesObject, ObjectRef } from '../../engines/objects.ts';
import { AppError } from '../../platform/errors.ts';
import type { ResourceType } from '../ports.ts';
import { asObject } from '../slim.ts';
import { apiVersionOf } from './builtin-types.ts';
import { missingObject } from './missing.ts';
import { pathOf } from './paths.ts';
import type { Rest, RestCall } from './rest.ts';
import { anyShape } from './shapes.ts';

/** Which object of which kind; `namespace` is there when the kind has one. */
export interface Located {
  readonly type: ResourceType;
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** Namespace and name as the kind needs them. */
export function placeOf(type: ResourceType, { namespace, name }: ObjectRef): { namespace?: string; name: string } {
  if (!type.namespaced) return { name };
  if (namespace !== undefined && namespace !== '') return { namespace, name };
  throw new AppError('validation_error', `A ${type.kind} lives in a namespace, and none is given.`, {
    hint: 'Pass its namespace.',
    details: { problems: [{ path: 'namespace', message: `required for ${type.kind}` }] },
  });
}

/** One object whole, secrets and all: whoever hands it on has to slim it. */
export async function getObject(
  rest: Rest,
  { type, namespace, name }: Located,
  call: RestCall,
): Promise<KubernetesObject> {
  try {
    const value = await rest.json(
      { asking: { verb: 'get', type, namespace, name }, path: pathOf(type, { namespace, name }), shape: anyShape },
      call,
    );
    return objectOf(value, { type, namespace, name });
  } catch (error) {
    const gone = error instanceof AppError && error.code === 'not_found';
    throw gone ? await missingObject(rest, type, { kind: type.kind, namespace, name }, call) : error;
  }
}

/** An answer as the object that it has to be. */
export function objectOf(answer: unknown, { type, name }: Located): KubernetesObject {
  const object = asObject(answer, { apiVersion: apiVersionOf(type), kind: type.kind });
  if (object !== undefined) return object;
  throw new AppError('api_error', `What the API server calls ${type.kind}/${name} is no object.`, {
    details: { status: 200 },
  });
}
