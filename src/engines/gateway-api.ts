import type { KubernetesObject, ObjectRef } from './objects.ts';
import type { Snapshot } from './snapshot.ts';

/** Kinds of the Gateway API, which come as CRDs: of what its documents say, what is looked at. */
export const gatewayVersion = 'gateway.networking.k8s.io/v1';

export interface Condition {
  readonly type?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
  /** The generation of the object that it is about. */
  readonly observedGeneration?: number;
}

/** Where a route wants to be attached; a Gateway of its own namespace unless it says otherwise. */
export interface ParentRef {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly sectionName?: string;
}

/** What a rule sends to; a Service of the route's namespace unless it says otherwise. */
export interface BackendRef {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly port?: number;
  readonly weight?: number;
}

export interface HttpRoute extends KubernetesObject {
  readonly spec?: {
    readonly parentRefs?: readonly ParentRef[];
    readonly hostnames?: readonly string[];
    readonly rules?: readonly {
      readonly matches?: readonly { readonly path?: { readonly type?: string; readonly value?: string } }[];
      readonly backendRefs?: readonly BackendRef[];
    }[];
  };
  readonly status?: {
    readonly parents?: readonly {
      readonly parentRef?: ParentRef;
      readonly controllerName?: string;
      readonly conditions?: readonly Condition[];
    }[];
  };
}

export interface Gateway extends KubernetesObject {
  readonly spec?: {
    readonly gatewayClassName?: string;
    readonly listeners?: readonly {
      readonly name?: string;
      readonly hostname?: string;
      readonly port?: number;
      readonly protocol?: string;
      readonly tls?: { readonly certificateRefs?: readonly BackendRef[] };
    }[];
  };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly addresses?: readonly { readonly value?: string }[];
    readonly listeners?: readonly { readonly name?: string; readonly conditions?: readonly Condition[] }[];
  };
}

export interface GatewayClass extends KubernetesObject {
  readonly spec?: { readonly controllerName?: string };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

interface ReferenceGrant extends KubernetesObject {
  readonly spec?: {
    readonly from?: readonly { readonly kind?: string; readonly namespace?: string }[];
    readonly to?: readonly { readonly kind?: string; readonly name?: string }[];
  };
}

const group = 'gateway.networking.k8s.io/';
const isOf = ({ apiVersion, kind }: KubernetesObject, wanted: string): boolean =>
  kind === wanted && apiVersion.startsWith(group);

/** Kinds that attach to a Gateway alike. */
const routeKinds = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'];
const isRoute = (object: KubernetesObject): object is HttpRoute => routeKinds.some((kind) => isOf(object, kind));
const isHttpRoute = (object: KubernetesObject): object is HttpRoute => isOf(object, 'HTTPRoute');
const isGateway = (object: KubernetesObject): object is Gateway => isOf(object, 'Gateway');
const isGatewayClass = (object: KubernetesObject): object is GatewayClass => isOf(object, 'GatewayClass');
const isReferenceGrant = (object: KubernetesObject): object is ReferenceGrant => isOf(object, 'ReferenceGrant');

export const httpRoutes = ({ data }: Snapshot): readonly HttpRoute[] => data.objects.filter(isHttpRoute);
/** Routes of every protocol: of those that are not HTTP, matches and filters mean something else. */
export const gatewayRoutes = ({ data }: Snapshot): readonly HttpRoute[] => data.objects.filter(isRoute);
export const gateways = ({ data }: Snapshot): readonly Gateway[] => data.objects.filter(isGateway);
export const gatewayClasses = ({ data }: Snapshot): readonly GatewayClass[] => data.objects.filter(isGatewayClass);

export const gatewayOf = (snapshot: Snapshot, route: HttpRoute, parent: ParentRef): Gateway | undefined =>
  gateways(snapshot).find(
    ({ metadata }) =>
      metadata.name === parent.name && metadata.namespace === (parent.namespace ?? route.metadata.namespace),
  );

/** The Secrets that listeners of a Gateway take their certificates from, with the host that each is for, where it says so. */
export const listenerCertificates = ({ metadata, spec }: Gateway) =>
  (spec?.listeners ?? []).flatMap(({ name: listener, hostname, tls }) =>
    (tls?.certificateRefs ?? []).flatMap(({ kind = 'Secret', namespace = metadata.namespace, name }) =>
      kind === 'Secret' && name !== undefined
        ? [{ listener: listener ?? '', secret: { kind, namespace, name }, hosts: hostname ? [hostname] : [] }]
        : [],
    ),
  );

/** A condition by its type: their order means nothing. */
export const conditionOf = (conditions: readonly Condition[] | undefined, type: string): Condition | undefined =>
  conditions?.find((condition) => condition.type === type);

/** Whether a namespace lets routes of another one refer to its Service (`ReferenceGrant`, which lives where the Service is). */
export const isGranted = (
  { data }: Snapshot,
  from: { kind: string; namespace: string | undefined },
  to: { namespace: string; name: string },
): boolean =>
  data.objects
    .filter(isReferenceGrant)
    .some(
      ({ metadata, spec }) =>
        metadata.namespace === to.namespace &&
        (spec?.from ?? []).some((each) => each.kind === from.kind && each.namespace === from.namespace) &&
        (spec?.to ?? []).some((each) => each.kind === 'Service' && (each.name === undefined || each.name === to.name)),
    );

/** A condition that is False and about the object as it is now: after a change the old one says nothing. */
export function failedCondition(
  { metadata }: KubernetesObject,
  conditions: readonly Condition[] | undefined,
  types: readonly string[],
): Condition | undefined {
  return types
    .map((type) => conditionOf(conditions, type))
    .find(
      (condition) =>
        condition?.status === 'False' &&
        condition.reason !== 'Pending' &&
        (condition.observedGeneration ?? Number.POSITIVE_INFINITY) >= (metadata.generation ?? 0),
    );
}

/** `NotAllowedByListeners: no listener allows …`. */
export const conditionText = ({ reason, message }: Condition): string =>
  [reason, message?.trim().split('\n')[0]?.slice(0, 200)]
    .filter((word) => word !== undefined && word !== '')
    .join(': ');

/** A route depends on its Gateways and Services, a Gateway on its class. */
export function gatewayDependencies(snapshot: Snapshot, { kind, namespace, name }: ObjectRef): readonly ObjectRef[] {
  const isIt = (object: KubernetesObject): boolean =>
    object.kind === kind && object.metadata.namespace === namespace && object.metadata.name === name;
  if (kind === 'Gateway') {
    return gateways(snapshot)
      .filter(isIt)
      .flatMap(({ spec }) => spec?.gatewayClassName ?? [])
      .map((each) => ({ kind: 'GatewayClass', name: each }));
  }
  return gatewayRoutes(snapshot)
    .filter(isIt)
    .flatMap(({ spec }) => [
      ...(spec?.parentRefs ?? []).map((each) => refIn(namespace, 'Gateway', each)),
      ...(spec?.rules ?? []).flatMap(({ backendRefs = [] }) =>
        backendRefs.map((each) => refIn(namespace, 'Service', each)),
      ),
    ]);
}

const refIn = (
  home: string | undefined,
  standard: string,
  { kind, namespace, name }: ParentRef | BackendRef,
): ObjectRef => ({
  kind: kind ?? standard,
  namespace: namespace ?? home,
  name: name ?? '',
});
