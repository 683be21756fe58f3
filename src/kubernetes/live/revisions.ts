import * as z from 'zod';
import type { ObjectRef } from '../../engines/objects.ts';
import { AppError } from '../../platform/errors.ts';
import { redactObject } from '../../platform/redact.ts';
import type { StoredRevision } from '../ports.ts';
import { builtinType } from './builtin-types.ts';
import { getObject, placeOf } from './get-object.ts';
import { pathOf, queryOf } from './paths.ts';
import type { Rest, RestCall } from './rest.ts';
import { listShape } from './shapes.ts';
import { revisionKinds, revisionOf } from './stored-revisions.ts';

/** More than any `revisionHistoryLimit` that makes sense. */
const most = 500;

const workloadShape = z.object({
  metadata: z.object({ uid: z.string() }),
  spec: z.object({
    selector: z.object({
      matchLabels: z.record(z.string(), z.string()).nullish(),
      matchExpressions: z
        .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).nullish() }))
        .nullish(),
    }),
  }),
});
type Selector = z.infer<typeof workloadShape>['spec']['selector'];

/** Every kept revision of a workload, newest first; templates without secrets, digests of the whole ones. */
export async function revisionsOf(rest: Rest, workload: ObjectRef, call: RestCall): Promise<readonly StoredRevision[]> {
  const kind = Object.entries(revisionKinds).find(([of]) => of === workload.kind)?.[1];
  if (kind === undefined) {
    throw new AppError('validation_error', `A ${workload.kind} keeps no revisions of a template.`, {
      hint: 'Deployments, StatefulSets and DaemonSets do.',
    });
  }
  const of = builtinType(workload.kind);
  const { namespace, name } = placeOf(of, workload);
  const live = workloadShape.safeParse(await getObject(rest, { type: of, namespace, name }, call)).data;
  if (live === undefined) return [];
  const type = builtinType(kind);
  const labelSelector = selectorOf(live.spec.selector);
  const path = `${pathOf(type, { namespace })}${queryOf({ labelSelector, limit: most })}`;
  const { items } = await rest.json({ asking: { verb: 'list', type, namespace }, path, shape: listShape }, call);
  return (items ?? [])
    .flatMap((item) => revisionOf(kind, item) ?? [])
    .filter(({ owner }) => owner === live.metadata.uid)
    .map(({ number, object, template, digest }) => ({ number, object, template: redactObject(template), digest }))
    .toSorted((a, b) => b.number - a.number);
}

/** `app=web,tier in (a,b),!old`: a workload's selector as a list wants it. */
export function selectorOf({ matchLabels, matchExpressions }: Selector): string {
  const equal = Object.entries(matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions = (matchExpressions ?? []).map(({ key, operator, values }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${(values ?? []).join(',')})`;
  });
  return [...equal, ...expressions].join(',');
}
