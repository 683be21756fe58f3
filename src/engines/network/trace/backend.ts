import { nearest } from '../../../platform/nearest.ts';
import type { ObjectRef } from '../../objects.ts';
import type { Snapshot } from '../../snapshot.ts';
import { someone } from '../endpoints.ts';
import { brokenHop, type Hop, unknownHop } from './hops.ts';
import { policyHop, type Side } from './policies.ts';
import { serviceWay } from './service.ts';

/** Nobody knows which pod or address stands in front: the controller, a load balancer, a node. */
const outside: Side = { endpoints: [someone], name: 'outside' };

/** From a backend that a route names to the pods, with what their policies say of whoever comes from outside. */
export function backendHops(snapshot: Snapshot, ref: ObjectRef, port: string | number | undefined): readonly Hop[] {
  const service = snapshot.find('Service', ref.namespace, ref.name);
  if (service === undefined) return [missingHop(snapshot, ref)];
  const { hops, arrivals } = serviceWay(snapshot, service, port);
  const ingress = policyHop(snapshot, 'ingress', { from: outside, arrivals, to: ref.name });
  return [...hops, ...(ingress === undefined ? [] : [ingress])];
}

function missingHop(snapshot: Snapshot, ref: ObjectRef): Hop {
  if (snapshot.presence('Service', ref.namespace, ref.name) !== 'absent')
    return unknownHop('backend', ref, 'was not read');
  const [alike] = nearest(ref.name, snapshot.names('Service', ref.namespace), 1);
  return brokenHop('backend', ref, {
    text: `does not exist in namespace ${ref.namespace}`,
    fix: alike === undefined ? 'create it, or correct the backend' : `set the backend to ${alike}, if that was meant`,
  });
}
