import type { ObjectRef } from '../../objects.ts';

/** Where a connection shall arrive. */
export type Destination =
  /** An Ingress or HTTPRoute, every path of it. */
  | { readonly kind: 'route'; readonly ref: ObjectRef }
  /** What a browser asks for: host, or `*` for any, and path. */
  | { readonly kind: 'url'; readonly host: string; readonly path: string }
  | { readonly kind: 'service'; readonly ref: ObjectRef; readonly port: string | undefined }
  /** A host as a client inside of the cluster writes it. */
  | { readonly kind: 'host'; readonly host: string; readonly port: string | undefined };

export interface Question {
  /** A pod or workload; absent: from outside of the cluster. */
  readonly from: ObjectRef | undefined;
  /** Of the client, or of the routes. */
  readonly namespace: string;
  readonly to: Destination;
}

const label = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
const port = `(?::(?<port>\\d{1,5}|${label}))?`;
const kinds: Readonly<Record<string, string>> = {
  ingress: 'Ingress',
  ingresses: 'Ingress',
  ing: 'Ingress',
  httproute: 'HTTPRoute',
  httproutes: 'HTTPRoute',
  service: 'Service',
  services: 'Service',
  svc: 'Service',
};
const ofKind = new RegExp(`^(?<kind>${Object.keys(kinds).join('|')})/(?<name>[a-z0-9][-.a-z0-9]{0,252})${port}$`, 'i');
const inNamespace = new RegExp(`^(?<namespace>${label})/(?<name>${label})${port}$`);
const hostAndPath = /^(?<host>[-*._a-z0-9]{1,253})(?::(?<port>\d{1,5}))?(?<path>\/\S*)?$/;

/**
 * Where a person wants a connection to arrive: `ingress/shop`, `service/db:5432`, `shop-data/queue:5672`, a host as a
 * client inside writes it (`queue.shop-data.svc:5672`), or what a browser asks for (`shop.example/cart`, `/cart`).
 * `undefined` for what is none of these.
 * @param inside whether a pod connects; from outside a name with dots is one of a route.
 */
export function destinationOf(text: string, namespace: string, inside: boolean): Destination | undefined {
  const written = text.trim().replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
  const kinded = ofKind.exec(written)?.groups;
  if (kinded !== undefined) {
    const ref = { kind: kinds[kinded['kind']?.toLowerCase() ?? ''] ?? '', namespace, name: kinded['name'] ?? '' };
    return ref.kind === 'Service' ? { kind: 'service', ref, port: kinded['port'] } : { kind: 'route', ref };
  }
  const placed = inNamespace.exec(written)?.groups;
  if (placed !== undefined && kinds[placed['namespace'] ?? ''] === undefined) {
    return { kind: 'service', ref: serviceRef(placed['namespace'], placed['name']), port: placed['port'] };
  }
  if (written.startsWith('/')) return { kind: 'url', host: '*', path: pathOnly(written) };
  const { host, port: number, path } = hostAndPath.exec(written.toLowerCase())?.groups ?? {};
  if (host === undefined) return undefined;
  if (inside) return { kind: 'host', host, port: number };
  const [name, where, svc] = host.split('.');
  if (where === undefined && path === undefined)
    return { kind: 'service', ref: serviceRef(namespace, name), port: number };
  if (svc === 'svc') return { kind: 'service', ref: serviceRef(where, name), port: number };
  return { kind: 'url', host, path: pathOnly(path ?? '/') };
}

const serviceRef = (namespace = '', name = ''): ObjectRef => ({ kind: 'Service', namespace, name });

/** Routes look at the path alone. */
const pathOnly = (path: string): string => path.replace(/[?#].*$/, '');
