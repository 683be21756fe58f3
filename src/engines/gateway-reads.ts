import { gatewayRoutes, gateways, gatewayVersion, listenerCertificates } from './gateway-api.ts';
import type { Snapshot } from './snapshot.ts';
import type { Read } from './snapshot-data.ts';

const maximumCertificates = 10;

/**
 * Routes and Gateways, where the cluster serves the Gateway API, which one list tells; and what they hang on. An archive
 * holds all its objects anyway, and a kind that it lacks is no gap where nobody knows of it.
 */
export function gatewayReads(snapshot: Snapshot): readonly Read[] {
  const { namespace } = snapshot.scope;
  const { source, reads } = snapshot.data;
  const served = reads.some(
    ({ read, outcome }) => outcome === 'ok' && read.verb === 'list' && read.kind === 'HTTPRoute',
  );
  const lists = source === 'live' ? ['HTTPRoute', ...(served ? ['GRPCRoute', 'Gateway'] : [])] : [];
  const parents = gatewayRoutes(snapshot).flatMap(({ metadata, spec }) =>
    (spec?.parentRefs ?? []).flatMap(({ kind = 'Gateway', namespace: home = metadata.namespace, name }) =>
      kind === 'Gateway' && name !== undefined ? [{ kind, namespace: home, name }] : [],
    ),
  );
  const classes = gateways(snapshot).flatMap(({ spec }) => spec?.gatewayClassName ?? []);
  return [
    ...lists.map((kind): Read => ({ verb: 'list', kind, apiVersion: gatewayVersion, namespace, as: 'full' })),
    ...parents
      .filter((each) => !lists.includes('Gateway') || (namespace !== undefined && each.namespace !== namespace))
      .map((each): Read => ({ verb: 'get', apiVersion: gatewayVersion, ...each })),
    ...gateways(snapshot)
      .flatMap((gateway) => listenerCertificates(gateway))
      .filter(({ secret }) => namespace !== undefined && secret.namespace === namespace)
      .slice(0, maximumCertificates)
      .map(({ secret }): Read => ({ verb: 'get', ...secret })),
    ...[...new Set(classes)].map(
      (name): Read => ({ verb: 'get', kind: 'GatewayClass', apiVersion: gatewayVersion, name }),
    ),
  ];
}
