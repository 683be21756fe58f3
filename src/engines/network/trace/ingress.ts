import { nearest } from '../../../platform/nearest.ts';
import { nameOf, type ObjectRef, refOf } from '../../objects.ts';
import type { Ingress } from '../../routes.ts';
import type { Snapshot } from '../../snapshot.ts';
import { backendHops } from './backend.ts';
import { brokenHop, type Hop, okHop, unknownHop, type Way } from './hops.ts';
import type { Destination } from './question.ts';
import { secretHop } from './tls.ts';

/** Ways of one Ingress that are followed. */
const maximumPaths = 10;

/** A rule of an Ingress that leads to a Service. */
interface IngressPath {
  /** Empty: every host. */
  readonly host: string;
  readonly path: string;
  readonly exact: boolean;
  readonly service: string;
  readonly port: string | number | undefined;
}

/** The ways through an Ingress that a question is about: all of its paths, or the one that takes a URL. */
export function ingressWays(snapshot: Snapshot, ingress: Ingress, to: Destination): readonly Way[] {
  const paths = pathsOf(ingress);
  const wanted = to.kind === 'url' ? taking(paths, to).slice(0, 1) : paths.slice(0, maximumPaths);
  return wanted.map((path) => {
    const ref = refOf(ingress);
    const name = `${path.host || '*'}${path.path}`;
    const text = `sends ${name}${path.exact ? ' (exactly)' : ''} to Service/${path.service} port ${path.port ?? '?'}`;
    return {
      name,
      hops: [
        classHop(snapshot, ingress),
        addressHop(ingress),
        okHop('route', ref, text),
        ...tlsHops(snapshot, ingress, path.host),
        ...backendHops(snapshot, { kind: 'Service', namespace: ref.namespace, name: path.service }, path.port),
      ],
    };
  });
}

/** What there is instead, when no Ingress takes a URL. */
export function unroutedHop(ingresses: readonly Ingress[], { host, path }: { host: string; path: string }): Hop {
  const all = ingresses.flatMap((ingress) => pathsOf(ingress).map((each) => ({ ingress, ...each })));
  const hosts = [...new Set(all.map((each) => each.host || '*'))];
  const ofHost = all.filter((each) => each.host === host);
  const [alike] = nearest(host, hosts, 1);
  const [first] = ofHost;
  if (first !== undefined) {
    const paths = ofHost.map((each) => each.path).slice(0, 5);
    return brokenHop('route', refOf(first.ingress), {
      text: `has host ${host}, but no path of it takes ${path} (it has ${paths.join(', ')})`,
      fix: `add a path that takes ${path}`,
    });
  }
  return brokenHop('route', undefined, {
    text: `no Ingress or HTTPRoute takes host ${host}${hosts.length === 0 ? '' : ` (hosts: ${hosts.slice(0, 5).join(', ')})`}`,
    fix:
      alike === undefined
        ? `add host ${host} to a route`
        : `ask for ${alike}, if that was meant, or correct the host of the route`,
  });
}

function pathsOf({ spec }: Ingress): readonly IngressPath[] {
  const rules = (spec?.rules ?? []).flatMap(({ host = '', http }) =>
    (http?.paths ?? []).map(({ path = '/', pathType, backend }) => ({
      host,
      path,
      exact: pathType === 'Exact',
      backend,
    })),
  );
  const byDefault = { host: '', path: '/', exact: false, backend: spec?.defaultBackend };
  return [...rules, byDefault].flatMap(({ backend, ...rest }) => {
    const { name, port } = backend?.service ?? {};
    return name === undefined ? [] : [{ ...rest, service: name, port: port?.name ?? port?.number }];
  });
}

/** The paths that take a URL, the most specific first: exact before prefix, longer before shorter, a host before none. */
function taking(paths: readonly IngressPath[], { host, path }: { host: string; path: string }): readonly IngressPath[] {
  return paths
    .filter((each) => takesHost(each.host, host) && takesPath(each, path))
    .toSorted(
      (a, b) =>
        Number(b.host === host) - Number(a.host === host) ||
        b.host.length - a.host.length ||
        Number(b.exact) - Number(a.exact) ||
        b.path.length - a.path.length,
    );
}

/** A wildcard stands for one label (networking.k8s.io/v1 `IngressRule.host`). */
function takesHost(rule: string, host: string): boolean {
  if (rule === '' || host === '*' || rule === host) return true;
  return rule.startsWith('*.') && host.slice(host.indexOf('.') + 1) === rule.slice(2) && !host.startsWith('.');
}

/** A prefix matches whole elements of the path. */
function takesPath({ path, exact }: IngressPath, asked: string): boolean {
  if (exact) return asked === path;
  const prefix = path.replace(/\/+$/, '');
  return asked === prefix || asked.startsWith(`${prefix}/`) || prefix === '';
}

function classHop(snapshot: Snapshot, ingress: Ingress): Hop {
  const ref = refOf(ingress);
  const { ingressClassName: name } = ingress.spec ?? {};
  const annotated = ingress.metadata.annotations?.['kubernetes.io/ingress.class'];
  if (name === undefined) return defaultClassHop(snapshot, ref, annotated);
  const object: ObjectRef = { kind: 'IngressClass', name };
  const found = snapshot.find('IngressClass', undefined, name);
  if (found !== undefined)
    return okHop('class', object, `is served by controller ${found.spec?.controller ?? 'unknown'}`);
  if (snapshot.presence('IngressClass', undefined, name) !== 'absent')
    return unknownHop('class', object, 'is the class of the Ingress, and was not read');
  const classes = snapshot.names('IngressClass', undefined);
  return brokenHop('class', object, {
    text: `is the class of ${nameOf(ref)}, and does not exist (${classes.length === 0 ? 'the cluster has none' : `there is ${classes.join(', ')}`})`,
    fix:
      classes.length === 0
        ? 'install the controller that brings it'
        : `set spec.ingressClassName to ${nearest(name, classes, 1)[0] ?? classes[0]}`,
  });
}

function defaultClassHop(snapshot: Snapshot, ref: ObjectRef, annotated: string | undefined): Hop {
  if (annotated !== undefined)
    return unknownHop(
      'class',
      ref,
      `has the annotation of old for class ${annotated}; whether a controller takes it is not known`,
    );
  const standard = snapshot
    .all('IngressClass')
    .find(({ metadata }) => metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true');
  // The default is set when an Ingress is made; one without a class was made before there was a default.
  const hint = standard === undefined ? '' : `; ${standard.metadata.name} is the default for new ones`;
  return unknownHop('class', ref, `names no class: only a controller that takes every Ingress serves it${hint}`);
}

function addressHop(ingress: Ingress): Hop {
  const addresses = (ingress.status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip ?? hostname ?? []);
  const ref = refOf(ingress);
  if (addresses.length > 0) return okHop('address', ref, `is served at ${addresses.slice(0, 3).join(', ')}`);
  return unknownHop('address', ref, 'has no address: no controller has said that it serves it');
}

function tlsHops(snapshot: Snapshot, ingress: Ingress, host: string): readonly Hop[] {
  const { namespace } = ingress.metadata;
  return (ingress.spec?.tls ?? [])
    .filter(({ hosts }) => (hosts ?? []).length === 0 || hosts?.some((each) => takesHost(each, host)))
    .flatMap(({ secretName }) =>
      secretName === undefined
        ? []
        : secretHop(snapshot, { kind: 'Secret', namespace, name: secretName }, host.includes('*') ? [] : [host]),
    );
}
