import type { ObjectRef } from '../objects.ts';
import { templateOf } from '../references.ts';
import type { Snapshot } from '../snapshot.ts';

/** Services that the environment variables and arguments of a workload name: an inferred edge. */
export function environmentOf(snapshot: Snapshot): (workload: ObjectRef) => readonly ObjectRef[] {
  return (workload) => {
    const spec =
      templateOf(snapshot.head(workload))?.spec ?? snapshot.find('Pod', workload.namespace, workload.name)?.spec;
    const texts = (spec?.containers ?? []).flatMap(({ env = [], args = [], command = [] }) => [
      ...env.flatMap(({ value }) => value ?? []),
      ...args,
      ...command,
    ]);
    return servicesNamed(snapshot, workload.namespace, texts);
  };
}

/** A word that could be a host: a DNS name with at most the five labels of a Service's full name. */
const host = /[a-z]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?){0,5}/g;

/** Services of this snapshot whose name stands in a text as a host: `db`, `db.shop`, `db.shop.svc.cluster.local`. */
function servicesNamed(
  snapshot: Snapshot,
  namespace: string | undefined,
  texts: readonly string[],
): readonly ObjectRef[] {
  const words = new Set(texts.flatMap((text) => text.slice(0, 2_000).match(host) ?? []));
  return [...words].flatMap((word) => {
    const [name = '', in_ = namespace, svc = 'svc'] = word.split('.');
    const service = svc === 'svc' ? snapshot.find('Service', in_, name) : undefined;
    return service === undefined ? [] : [{ kind: 'Service', namespace: in_, name }];
  });
}
