const read = (resource: string): readonly string[] => [`get ${resource}`, `list ${resource}`];

/**
 * What collecting a snapshot asks for (`engines/reads.ts`). Secrets are not here: a diagnosis that may read them says
 * more, and one that may not says what it could not see.
 */
export const diagnosisPermissions: readonly string[] = [
  ...read('pods'),
  'get pods/log',
  'list events',
  ...['namespaces', 'nodes', 'services', 'configmaps', 'serviceaccounts'].flatMap(read),
  ...['persistentvolumeclaims', 'persistentvolumes', 'resourcequotas', 'limitranges'].flatMap(read),
  ...['deployments', 'replicasets', 'statefulsets', 'daemonsets'].flatMap((name) => read(`apps/${name}`)),
  ...['jobs', 'cronjobs'].flatMap((name) => read(`batch/${name}`)),
  ...read('autoscaling/horizontalpodautoscalers'),
  ...read('policy/poddisruptionbudgets'),
  ...read('discovery.k8s.io/endpointslices'),
  ...['ingresses', 'ingressclasses', 'networkpolicies'].flatMap((name) => read(`networking.k8s.io/${name}`)),
  ...['httproutes', 'grpcroutes', 'gateways', 'gatewayclasses'].flatMap((name) =>
    read(`gateway.networking.k8s.io/${name}`),
  ),
  'list gateway.networking.k8s.io/referencegrants',
  ...read('storage.k8s.io/storageclasses'),
  ...['csidrivers', 'csinodes', 'volumeattachments'].flatMap((name) => read(`storage.k8s.io/${name}`)),
  ...read('scheduling.k8s.io/priorityclasses'),
  ...read('node.k8s.io/runtimeclasses'),
  'list admissionregistration.k8s.io/validatingwebhookconfigurations',
  'list admissionregistration.k8s.io/mutatingwebhookconfigurations',
  'get coordination.k8s.io/leases',
  ...read('apiregistration.k8s.io/apiservices'),
  'get metrics.k8s.io/pods',
  'list cert-manager.io/certificates',
  'list external-secrets.io/externalsecrets',
  'list bitnami.com/sealedsecrets',
  'list security.istio.io/authorizationpolicies',
  'get argoproj.io/applications',
  'get kustomize.toolkit.fluxcd.io/kustomizations',
  'get helm.toolkit.fluxcd.io/helmreleases',
  ...['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'].flatMap((name) =>
    read(`rbac.authorization.k8s.io/${name}`),
  ),
  'list certificates.k8s.io/certificatesigningrequests',
];

/** What every action needs besides its own writes: to keep its record, to tell whoever looks at the object, and to see who owns it. */
export const healingPermissions: readonly string[] = [
  ...diagnosisPermissions,
  'list apps/controllerrevisions',
  'get apps/controllerrevisions',
  ...['get', 'list', 'create', 'update', 'delete'].map((verb) => `${verb} coordination.k8s.io/leases`),
  'create events',
  'list autoscaling.k8s.io/verticalpodautoscalers',
  'list keda.sh/scaledobjects',
  'list apiextensions.k8s.io/customresourcedefinitions',
];
