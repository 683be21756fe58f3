import type { KubernetesObject } from '../../engines/objects.ts';
import type { ReadResult } from '../../engines/snapshot-data.ts';
import { slimmed } from '../slim.ts';
import { wellFormed } from './well-formed.ts';

/** An object of an archive as rules may see it. */
export interface Admitted {
  readonly object: KubernetesObject;
  /** That only a part of it was read, when something in it was of another shape than the API has. */
  readonly fault: ReadResult | undefined;
}

/** Whoever wrote an archive may have written anything: what an API server could not have sent is left out and told. */
export function admitted(value: KubernetesObject): Admitted {
  const { object, dropped } = wellFormed(value);
  const slim = slimmed(object);
  if (dropped.length === 0) return { object: slim, fault: undefined };
  const {
    kind,
    metadata: { namespace, name },
  } = slim;
  const message = `${kind}/${name}: ${dropped.join(', ')} is not what Kubernetes has there`;
  return { object: slim, fault: { read: { verb: 'get', kind, namespace, name }, outcome: 'truncated', message } };
}
