import type { ObjectRef, Service } from './objects.ts';

/** `db.shop.svc.cluster.local`, and `db-0.db.shop.svc.cluster.local` behind a headless Service. */
const clusterName = /^(?:[^.]+\.)?(?<name>[^.]+)\.(?<namespace>[^.]+)\.svc(?:\.cluster\.local)?\.?$/i;

/** What an ExternalName Service is another name of; `undefined` for Services of other types. */
export const externalNameOf = ({ spec }: Service): string | undefined =>
  spec?.type === 'ExternalName' ? spec.externalName : undefined;

/** The Service of this cluster of which an ExternalName Service is another name; `undefined` when it leads outside. */
export function aliasedService(service: Service): ObjectRef | undefined {
  const { name, namespace } = clusterName.exec(externalNameOf(service) ?? '')?.groups ?? {};
  return name === undefined || namespace === undefined
    ? undefined
    : { kind: 'Service', namespace: namespace.toLowerCase(), name: name.toLowerCase() };
}
