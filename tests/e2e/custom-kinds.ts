/** Kinds of others that the program reads where they are, with nothing behind them. */
import { apply, kubectl } from './bed.ts';

const kinds = [
  ['argoproj.io', 'v1alpha1', 'Application', 'applications'],
  ['autoscaling.k8s.io', 'v1', 'VerticalPodAutoscaler', 'verticalpodautoscalers'],
  ['bitnami.com', 'v1alpha1', 'SealedSecret', 'sealedsecrets'],
  ['cert-manager.io', 'v1', 'Certificate', 'certificates'],
  ['external-secrets.io', 'v1', 'ExternalSecret', 'externalsecrets'],
  ['gateway.networking.k8s.io', 'v1', 'GatewayClass', 'gatewayclasses'],
  ['gateway.networking.k8s.io', 'v1', 'Gateway', 'gateways'],
  ['gateway.networking.k8s.io', 'v1', 'GRPCRoute', 'grpcroutes'],
  ['gateway.networking.k8s.io', 'v1', 'HTTPRoute', 'httproutes'],
  ['gateway.networking.k8s.io', 'v1beta1', 'ReferenceGrant', 'referencegrants'],
  ['helm.toolkit.fluxcd.io', 'v2', 'HelmRelease', 'helmreleases'],
  ['keda.sh', 'v1alpha1', 'ScaledObject', 'scaledobjects'],
  ['security.istio.io', 'v1', 'AuthorizationPolicy', 'authorizationpolicies'],
  ['kustomize.toolkit.fluxcd.io', 'v1', 'Kustomization', 'kustomizations'],
] as const;

const definitions = kinds.map(([group, version, kind, plural]) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: `${plural}.${group}`,
    // The groups of Kubernetes itself ask for it.
    annotations: { 'api-approved.kubernetes.io': 'unapproved, for a test' },
  },
  spec: {
    group,
    scope: kind === 'GatewayClass' ? 'Cluster' : 'Namespaced',
    names: { kind, plural, singular: kind.toLowerCase() },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
}));

const names = definitions.map(({ metadata: { name } }) => `crd/${name}`);

export async function makeCustomKinds(): Promise<void> {
  await apply('default', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: definitions }));
  await kubectl('wait', '--for=condition=established', ...names, '--timeout=60s');
}

export const removeCustomKinds = (): Promise<unknown> => kubectl('delete', ...names, '--wait=true');
