import {
  type BackendRef,
  type Condition,
  conditionOf,
  type Gateway,
  gatewayClasses,
  gatewayOf,
  type HttpRoute,
  isGranted,
  type ParentRef,
} from '../../gateway-api.ts';
import { nameOf, type ObjectRef, refOf } from '../../objects.ts';
import type { Snapshot } from '../../snapshot.ts';
import { backendHops } from './backend.ts';
import { brokenHop, type Hop, okHop, unknownHop, type Way } from './hops.ts';
import type { Destination } from './question.ts';
import { secretHop } from './tls.ts';

/** Ways of one HTTPRoute that are followed. */
const maximumWays = 10;

/** One backend of one rule, with the paths that lead to it. */
interface Branch {
  readonly name: string;
  readonly backend: BackendRef;
}

/** The ways through an HTTPRoute that a question is about. */
export function gatewayWays(snapshot: Snapshot, route: HttpRoute, to: Destination): readonly Way[] {
  const parents = (route.spec?.parentRefs ?? []).filter(({ kind = 'Gateway' }) => kind === 'Gateway');
  const front = parents.flatMap((parent) => parentHops(snapshot, route, parent));
  const branches = branchesOf(route, to);
  return branches.slice(0, maximumWays).map(({ name, backend }) => ({
    name,
    hops: [...front, ...backendOf(snapshot, route, { name, backend })],
  }));
}

function branchesOf({ spec }: HttpRoute, to: Destination): readonly Branch[] {
  const hosts = spec?.hostnames ?? ['*'];
  const asked = to.kind === 'url' ? to : undefined;
  if (asked !== undefined && asked.host !== '*' && !hosts.some((host) => takes(host, asked.host))) return [];
  const branches = (spec?.rules ?? []).flatMap(({ matches = [], backendRefs = [] }) => {
    const paths = matches.length === 0 ? ['/'] : matches.map(({ path }) => path?.value ?? '/');
    const taken = asked === undefined ? paths : paths.filter((path) => isBelow(asked.path, path));
    const [path] = taken.toSorted((a, b) => b.length - a.length);
    return path === undefined
      ? []
      : backendRefs.map((backend) => ({ name: `${hosts[0] ?? '*'}${path}`, path, backend }));
  });
  // The longest path that takes a URL wins (HTTPRouteRule).
  const longest = Math.max(0, ...branches.map(({ path }) => path.length));
  return asked === undefined ? branches : branches.filter(({ path }) => path.length === longest);
}

const takes = (rule: string, host: string): boolean =>
  rule === '*' || rule === host || (rule.startsWith('*.') && host.endsWith(rule.slice(1)));

const isBelow = (path: string, prefix: string): boolean =>
  path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);

function parentHops(snapshot: Snapshot, route: HttpRoute, parent: ParentRef): readonly Hop[] {
  const ref: ObjectRef = {
    kind: 'Gateway',
    namespace: parent.namespace ?? route.metadata.namespace,
    name: parent.name ?? '',
  };
  const gateway = gatewayOf(snapshot, route, parent);
  if (gateway === undefined) {
    return [
      snapshot.presence('Gateway', ref.namespace, ref.name) === 'absent'
        ? brokenHop('gateway', ref, {
            text: `does not exist, and ${nameOf(refOf(route))} is attached to it`,
            fix: 'correct parentRefs of the route, or create the Gateway',
          })
        : unknownHop('gateway', ref, 'was not read'),
      acceptedHop(route, parent),
    ];
  }
  return [
    classHop(snapshot, gateway),
    programmedHop(gateway),
    acceptedHop(route, parent),
    ...tlsHops(snapshot, gateway, parent),
  ];
}

function classHop(snapshot: Snapshot, { spec }: Gateway): Hop {
  const ref: ObjectRef = { kind: 'GatewayClass', name: spec?.gatewayClassName ?? '' };
  const found = gatewayClasses(snapshot).find(({ metadata }) => metadata.name === ref.name);
  if (found === undefined) {
    return snapshot.presence('GatewayClass', undefined, ref.name) === 'absent'
      ? brokenHop('class', ref, {
          text: 'is the class of the Gateway, and does not exist',
          fix: 'correct spec.gatewayClassName, or install the controller',
        })
      : unknownHop('class', ref, 'was not read');
  }
  const accepted = conditionOf(found.status?.conditions, 'Accepted');
  if (accepted?.status === 'True')
    return okHop('class', ref, `is served by controller ${found.spec?.controllerName ?? 'unknown'}`);
  if (accepted?.status !== 'False') return unknownHop('class', ref, 'is taken by no controller yet');
  return brokenHop('class', ref, { text: `is not accepted${reasonOf(accepted)}`, fix: 'see what its controller says' });
}

function programmedHop(gateway: Gateway): Hop {
  const ref = refOf(gateway);
  const { conditions, addresses = [] } = gateway.status ?? {};
  const bad = ['Accepted', 'Programmed']
    .map((type) => conditionOf(conditions, type))
    .find((each) => each?.status === 'False');
  if (bad !== undefined) {
    return brokenHop('gateway', ref, {
      text: `is not ${bad.type?.toLowerCase()}${reasonOf(bad)}`,
      fix: 'mend what the condition names',
    });
  }
  if (conditionOf(conditions, 'Programmed')?.status !== 'True')
    return unknownHop('gateway', ref, 'is taken by no controller yet');
  return okHop(
    'gateway',
    ref,
    `is programmed at ${
      addresses
        .flatMap(({ value }) => value ?? [])
        .slice(0, 3)
        .join(', ') || 'no address'
    }`,
  );
}

function acceptedHop(route: HttpRoute, parent: ParentRef): Hop {
  const ref = refOf(route);
  const said = route.status?.parents?.find(
    ({ parentRef }) =>
      parentRef?.name === parent.name &&
      parentRef?.sectionName === parent.sectionName &&
      (parentRef?.namespace ?? route.metadata.namespace) === (parent.namespace ?? route.metadata.namespace),
  );
  const accepted = conditionOf(said?.conditions, 'Accepted');
  const resolved = conditionOf(said?.conditions, 'ResolvedRefs');
  if (accepted?.status === 'False') {
    return brokenHop('route', ref, {
      text: `is not accepted by Gateway/${parent.name}${reasonOf(accepted)}`,
      fix: 'mend what the condition names',
    });
  }
  // Which of its backends is meant, the condition does not say; the backends are looked at one by one.
  if (resolved?.status === 'False')
    return unknownHop('route', ref, `names what cannot be resolved${reasonOf(resolved)}`);
  if (conditionOf(said?.conditions, 'Accepted')?.status === 'True')
    return okHop('route', ref, `is accepted by Gateway/${parent.name}`);
  return unknownHop('route', ref, `has no word of Gateway/${parent.name} about it yet`);
}

const reasonOf = ({ reason, message }: Condition): string => {
  const words = [reason, message].filter((word) => word !== undefined && word !== '').join(': ');
  return words === '' ? '' : ` (${words})`;
};

function tlsHops(snapshot: Snapshot, gateway: Gateway, { sectionName }: ParentRef): readonly Hop[] {
  return (gateway.spec?.listeners ?? [])
    .filter(({ name }) => sectionName === undefined || name === sectionName)
    .flatMap(({ tls }) => tls?.certificateRefs ?? [])
    .filter(({ kind = 'Secret' }) => kind === 'Secret')
    .map(({ namespace, name = '' }) =>
      secretHop(snapshot, { kind: 'Secret', namespace: namespace ?? gateway.metadata.namespace, name }, []),
    );
}

function backendOf(snapshot: Snapshot, route: HttpRoute, { name, backend }: Branch): readonly Hop[] {
  const { kind = 'Service', port, weight } = backend;
  const home = route.metadata.namespace;
  const ref: ObjectRef = { kind, namespace: backend.namespace ?? home, name: backend.name ?? '' };
  const share = weight === undefined ? '' : ` (weight ${weight})`;
  const sends = okHop('backend', ref, `is where ${name} goes, port ${port ?? '?'}${share}`);
  if (kind !== 'Service') return [unknownHop('backend', ref, `is where ${name} goes, and is no Service`)];
  const grant = grantHop(snapshot, home, ref);
  return [sends, ...(grant === undefined ? [] : [grant]), ...backendHops(snapshot, ref, port)];
}

function grantHop(snapshot: Snapshot, home: string | undefined, ref: ObjectRef): Hop | undefined {
  const { namespace = '', name } = ref;
  if (namespace === home || isGranted(snapshot, { kind: 'HTTPRoute', namespace: home }, { namespace, name }))
    return undefined;
  if (snapshot.presence('ReferenceGrant', namespace, '') !== 'absent')
    return unknownHop('backend', ref, `lies in another namespace, whose ReferenceGrants were not read`);
  return brokenHop('backend', ref, {
    text: `lies in another namespace, which grants no HTTPRoute of ${home} to refer to it`,
    fix: `create a ReferenceGrant in namespace ${namespace} from HTTPRoutes of ${home} to Services`,
  });
}
