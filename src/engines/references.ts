import type { KubernetesObject, PodSpec, PodTemplate, Volume } from './objects.ts';

/** An object that a pod template names. */
export interface Reference {
  readonly kind: 'ConfigMap' | 'Secret' | 'PersistentVolumeClaim' | 'ServiceAccount' | 'PriorityClass' | 'RuntimeClass';
  readonly name: string;
  /** A key that must be in it, for ConfigMap and Secret. */
  readonly key?: string | undefined;
  readonly optional: boolean;
  /** Where the template says so: `containers[app].env[DATABASE_URL]`. */
  readonly field: string;
  /** Container that consumes it; absent for volumes, which all containers may mount. */
  readonly container?: string | undefined;
  /** Whether a running container keeps the value it started with: environment variables and subPath mounts do. */
  readonly fixedAtStart: boolean;
}

/** Everything outside itself that a pod template needs to start. */
export function referencesOf(spec: PodSpec | undefined): readonly Reference[] {
  if (spec === undefined) return [];
  const plain = (kind: Reference['kind'], name: string | undefined, field: string): Reference[] =>
    name ? [{ kind, name, optional: false, field, fixedAtStart: true }] : [];
  return [
    ...containerReferences(spec),
    ...(spec.volumes ?? []).flatMap((volume) => volumeReferences(volume, spec)),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name }) =>
      plain('Secret', name, 'imagePullSecrets').map((reference) => ({ ...reference, optional: true })),
    ),
    ...plain('ServiceAccount', spec.serviceAccountName, 'serviceAccountName'),
    ...plain('PriorityClass', spec.priorityClassName, 'priorityClassName'),
    ...plain('RuntimeClass', spec.runtimeClassName, 'runtimeClassName'),
  ];
}

function containerReferences(spec: PodSpec): Reference[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? [])].flatMap((container) => {
    const at = `containers[${container.name}]`;
    const fromEnv = (container.env ?? []).flatMap(({ name: variable, valueFrom }) =>
      [
        { kind: 'ConfigMap' as const, ref: valueFrom?.configMapKeyRef },
        { kind: 'Secret' as const, ref: valueFrom?.secretKeyRef },
      ].flatMap(({ kind, ref }) =>
        ref?.name ? [{ kind, ...ref, name: ref.name, field: `${at}.env[${variable}]` }] : [],
      ),
    );
    const fromAll = (container.envFrom ?? []).flatMap(({ configMapRef, secretRef }) =>
      [
        { kind: 'ConfigMap' as const, ref: configMapRef },
        { kind: 'Secret' as const, ref: secretRef },
      ].flatMap(({ kind, ref }) =>
        ref?.name ? [{ kind, ...ref, name: ref.name, key: undefined, field: `${at}.envFrom` }] : [],
      ),
    );
    return [...fromEnv, ...fromAll].map(({ kind, name, key, optional, field }) => ({
      kind,
      name,
      key,
      optional: optional === true,
      field,
      container: container.name,
      fixedAtStart: true,
    }));
  });
}

function volumeReferences(volume: Volume, spec: PodSpec): Reference[] {
  const field = `volumes[${volume.name}]`;
  const fixedAtStart = (spec.containers ?? []).some(({ volumeMounts }) =>
    volumeMounts?.some(({ name, subPath }) => name === volume.name && subPath !== undefined),
  );
  const of = (
    kind: Reference['kind'],
    name: string | undefined,
    source: {
      readonly optional?: boolean | undefined;
      readonly items?: readonly { readonly key?: string | undefined }[] | undefined;
    } = {},
  ): Reference[] => {
    if (!name) return [];
    const base = { kind, name, optional: source.optional === true, field, fixedAtStart };
    return source.items === undefined ? [base] : source.items.map(({ key }) => ({ ...base, key }));
  };
  return [
    ...of('ConfigMap', volume.configMap?.name, volume.configMap),
    ...of('Secret', volume.secret?.secretName, volume.secret),
    ...of('PersistentVolumeClaim', volume.persistentVolumeClaim?.claimName),
    ...(volume.projected?.sources ?? []).flatMap(({ configMap, secret }) => [
      ...of('ConfigMap', configMap?.name, configMap),
      ...of('Secret', secret?.name, secret),
    ]),
  ];
}

/** The pod template of a workload of any kind; `undefined` for objects that have none. */
export function templateOf(workload: KubernetesObject | undefined): PodTemplate | undefined {
  // Which kinds have one is open: custom workloads carry `spec.template` too.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const spec = (workload as WithTemplate | undefined)?.spec;
  return spec?.jobTemplate?.spec?.template ?? spec?.template;
}

interface WithTemplate {
  readonly spec?: {
    readonly template?: PodTemplate;
    readonly jobTemplate?: { readonly spec?: { readonly template?: PodTemplate } };
  };
}
