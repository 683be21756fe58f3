/** What the API server sends in a field of a built-in kind. */
const shapes = ['text', 'texts', 'textMap', 'record', 'list', 'number', 'boolean', 'intOrString', 'schema'] as const;
type Shape = (typeof shapes)[number];

/**
 * Fields by shape, of every type that the built-in kinds of the layouts are made of (OpenAPI of Kubernetes 1.36). Names
 * that mean one thing everywhere; the others are in {@link byParent}.
 */
const byName: Readonly<Record<Shape, string>> = {
  text: `apiVersion kind creationTimestamp deletionTimestamp generateName manager operation subresource time name
    namespace resourceVersion selfLink caBundle group version lastTransitionTime message reason type key operator
    apiGroup fsGroupPolicy nodeID request signerName username certificate lastUpdateTime concurrencyPolicy
    completionMode managedBy action containerName podReplacementPolicy succeededIndexes topologyKey fieldPath path
    volumeName divisor prefix imagePullPolicy host scheme stopSignal hostIP protocol resourceName restartPolicy
    localhostProfile procMount level role runAsUserName terminationMessagePath terminationMessagePolicy devicePath
    mountPath mountPropagation recursiveReadOnly subPath subPathExpr workingDir dnsPolicy targetContainerName ip
    hostname hostnameOverride nodeName preemptionPolicy priorityClassName conditionType resourceClaimName
    resourceClaimTemplateName runtimeClassName schedulerName fsGroupChangePolicy seLinuxChangePolicy serviceAccount
    serviceAccountName subdomain effect nodeAffinityPolicy nodeTaintsPolicy whenUnsatisfiable fsType volumeID diskName
    diskURI secretName shareName medium sizeLimit storageClassName volumeAttributesClassName volumeMode pdName
    repository pullPolicy reference server claimName driver schedule timeZone lastScheduleTime lastSuccessfulTime
    addressType zone appProtocol selectPolicy tolerance container averageValue lastScaleTime ingressClassName pathType
    error scope completedIndexes completionTime lastProbeTime failedIndexes startTime acquireTime holderIdentity
    preferredHolder renewTime phase cidr providerID podCIDR timeAdded address lastHeartbeatTime architecture bootID
    containerRuntimeVersion kernelVersion kubeProxyVersion kubeletVersion machineID operatingSystem osImage systemUUID
    volumeHandle persistentVolumeReclaimPolicy lastPhaseTransitionTime currentVolumeAttributesClassName
    targetVolumeAttributesClassName health resourceID containerID imageID startedAt finishedAt nominatedNodeName podIP
    qosClass resize unhealthyPodEvictionPolicy description scopeName handler clusterIP externalName
    externalTrafficPolicy internalTrafficPolicy ipFamilyPolicy loadBalancerClass loadBalancerIP sessionAffinity
    trafficDistribution ipMode whenDeleted whenScaled podManagementPolicy serviceName currentRevision updateRevision
    provisioner reclaimPolicy volumeBindingMode attacher persistentVolumeName eventTime firstTimestamp lastTimestamp
    reportingComponent reportingInstance lastObservedTime component deprecatedFirstTimestamp deprecatedLastTimestamp
    note reportingController url failurePolicy expression matchPolicy sideEffects reinvocationPolicy`,
  texts: `finalizers apiGroups nonResourceURLs resourceNames verbs volumeLifecycleModes topologyKeys groups usages
    matchLabelKeys mismatchLabelKeys namespaces args command add drop nameservers searches hostnames accessModes hosts
    except policyTypes podCIDRs volumesInUse mountOptions scopes clusterIPs externalIPs ipFamilies
    loadBalancerSourceRanges admissionReviewVersions apiVersions operations`,
  textMap: `annotations labels matchLabels binaryData requests nodeSelector volumeAttributes deprecatedTopology
    defaultRequest max maxLimitRequestRatio min allocatedResourceStatuses allocatedResources hard used podFixed
    stringData attachmentMetadata`,
  record: `metadata spec aggregationRule roleRef extra jobTemplate podFailurePolicy onExitCodes successPolicy template
    affinity nodeAffinity preference podAffinity podAffinityTerm labelSelector namespaceSelector podAntiAffinity
    valueFrom configMapKeyRef fieldRef fileKeyRef resourceFieldRef secretKeyRef configMapRef secretRef lifecycle
    postStart exec httpGet sleep tcpSocket preStop livenessProbe grpc readinessProbe exitCodes securityContext
    appArmorProfile capabilities seLinuxOptions seccompProfile windowsOptions startupProbe dnsConfig os
    awsElasticBlockStore azureDisk azureFile cephfs cinder configMap csi nodePublishSecretRef downwardAPI emptyDir
    ephemeral volumeClaimTemplate dataSource dataSourceRef fc flexVolume gcePersistentDisk gitRepo glusterfs hostPath
    iscsi nfs persistentVolumeClaim projected clusterTrustBundle podCertificate secret serviceAccountToken rbd
    vsphereVolume updateStrategy rollingUpdate hints targetRef behavior scaleDown scaleUp containerResource target
    external metric object describedObject pods scaleTargetRef current defaultBackend http backend loadBalancer
    uncountedTerminatedPods ipBlock podSelector config daemonEndpoints kubeletEndpoint features nodeInfo swap claimRef
    local modifyVolumeStatus required lastState running terminated waiting state linux volumeStatus disruptedPods scopeSelector
    scheduling sessionAffinityConfig clientIP ordinals persistentVolumeClaimRetentionPolicy source inlineVolumeSpec
    attachError detachError involvedObject related series deprecatedSource regarding clientConfig objectSelector`,
  list: `managedFields ownerReferences clusterRoleSelectors matchExpressions rules subjects tokenRequests drivers
    onPodConditions preferredDuringSchedulingIgnoredDuringExecution matchFields nodeSelectorTerms env envFrom
    httpHeaders ports resizePolicy claims restartPolicyRules volumeDevices volumeMounts ephemeralContainers hostAliases
    imagePullSecrets initContainers readinessGates resourceClaims schedulingGates sysctls tolerations
    topologySpreadConstraints volumes sources forNodes forZones policies metrics currentMetrics paths tls ingress egress
    to from taints images runtimeHandlers volumesAttached containerStatuses allocatedResourcesStatus
    ephemeralContainerStatuses hostIPs initContainerStatuses podIPs resourceClaimStatuses secrets volumeClaimTemplates
    allowedTopologies matchLabelExpressions webhooks matchConditions subsets notReadyAddresses items
    nodeAllocatableResourceClaimStatuses requestMappings`,
  number: `deletionGracePeriodSeconds generation groupPriorityMinimum versionPriority expirationSeconds count
    failedJobsHistoryLimit activeDeadlineSeconds backoffLimit backoffLimitPerIndex completions maxFailedIndexes
    parallelism succeededCount weight seconds failureThreshold initialDelaySeconds periodSeconds successThreshold
    terminationGracePeriodSeconds timeoutSeconds containerPort hostPort runAsGroup runAsUser priority fsGroup
    tolerationSeconds maxSkew minDomains partition defaultMode mode ttlSecondsAfterFinished startingDeadlineSeconds
    successfulJobsHistoryLimit minReadySeconds revisionHistoryLimit collisionCount currentNumberScheduled
    desiredNumberScheduled numberAvailable numberMisscheduled numberReady numberUnavailable observedGeneration
    updatedNumberScheduled progressDeadlineSeconds replicas availableReplicas readyReplicas terminatingReplicas
    unavailableReplicas updatedReplicas stabilizationWindowSeconds maxReplicas averageUtilization minReplicas
    currentReplicas desiredReplicas number leaseDurationSeconds leaseTransitions endPort Port sizeBytes exitCode signal
    restartCount currentHealthy desiredHealthy disruptionsAllowed expectedPods fullyLabeledReplicas
    healthCheckNodePort nodePort start deprecatedCount`,
  boolean: `blockOwnerDeletion insecureSkipTLSVerify attachRequired podInfoOnMount requiresRepublish storageCapacity
    immutable manualSelector suspend automountServiceAccountToken optional allowPrivilegeEscalation privileged
    readOnlyRootFilesystem runAsNonRoot hostProcess stdin stdinOnce tty readOnly enableServiceLinks hostIPC hostNetwork
    hostPID hostUsers setHostnameAsFQDN shareProcessNamespace paused serving unschedulable started globalDefault
    allocateLoadBalancerNodePorts publishNotReadyAddresses allowVolumeExpansion attached`,
  intOrString: 'maxSurge maxUnavailable minAvailable targetPort',
  // Its fields are named like those that it describes.
  schema: 'openAPIV3Schema',
};

/**
 * Names that mean several things: the shape by the field that holds them, by the kind for fields of the object itself,
 * by both where kinds differ (`Job.status`).
 */
const byParent: Readonly<Record<string, string>> = {
  active: 'CronJob.status:list Job.status:number',
  addresses: 'subsets:list endpoints:texts status:list',
  allocatable: 'drivers:record status:textMap',
  capacity: 'status:textMap swap:number spec:textMap inlineVolumeSpec:textMap',
  conditions: 'status:list endpoints:record',
  containers: 'spec:list nodeAllocatableResourceClaimStatuses:texts',
  controller: 'ownerReferences:boolean spec:text',
  data: 'ConfigMap:textMap Secret:textMap',
  default: 'limits:textMap',
  endpoints: 'EndpointSlice:list',
  failed: 'status:number uncountedTerminatedPods:texts',
  image: `containers:text ephemeralContainers:text initContainers:text volumes:record containerStatuses:text
    volumeStatus:record ephemeralContainerStatuses:text initContainerStatuses:text`,
  limits: 'resources:textMap spec:list',
  names: 'images:texts',
  options: 'dnsConfig:list flexVolume:textMap',
  overhead: 'spec:textMap RuntimeClass:record',
  parameters: 'spec:record StorageClass:textMap',
  port: `ports:number NetworkPolicy.ports:intOrString httpGet:intOrString tcpSocket:intOrString grpc:number Ingress.service:record APIService.service:number
    ValidatingWebhookConfiguration.service:number MutatingWebhookConfiguration.service:number`,
  ready:
    'conditions:boolean status:number containerStatuses:boolean ephemeralContainerStatuses:boolean initContainerStatuses:boolean',
  requiredDuringSchedulingIgnoredDuringExecution: 'nodeAffinity:record podAffinity:list podAntiAffinity:list',
  resource: 'resourceFieldRef:text metrics:record currentMetrics:record defaultBackend:record backend:record',
  resources: `rules:texts containers:record ephemeralContainers:record initContainers:record spec:record status:record
    allocatedResourcesStatus:list containerStatuses:record ephemeralContainerStatuses:record
    initContainerStatuses:record nodeAllocatableResourceClaimStatuses:textMap`,
  revision: 'ControllerRevision:number',
  selector: 'spec:record Service.spec:textMap metric:record',
  service: 'spec:record grpc:text defaultBackend:record backend:record clientConfig:record',
  status: 'conditions:text onPodConditions:text modifyVolumeStatus:text volumeClaimTemplates:record',
  strategy: 'Deployment.spec:record',
  succeeded: 'status:number uncountedTerminatedPods:texts',
  terminating: 'conditions:boolean status:number',
  uid: `ownerReferences:text metadata:text targetRef:text spec:text active:text claimRef:text linux:number secrets:text
    involvedObject:text related:text regarding:text`,
  user: 'seLinuxOptions:text containerStatuses:record ephemeralContainerStatuses:record initContainerStatuses:record',
  value: `env:text httpHeaders:text options:text sysctls:text tolerations:text policies:number target:text current:text
    taints:text PriorityClass:number`,
  values: 'matchExpressions:texts matchFields:texts matchLabelExpressions:texts',
};

const shapeOfParent: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
  Object.entries(byParent).map(([name, parents]) => [
    name,
    new Map(parents.split(/\s+/).map((each) => [each.slice(0, each.indexOf(':')), each.slice(each.indexOf(':') + 1)])),
  ]),
);

/** Kinds that others define and rules read. */
const others: ReadonlySet<string> = new Set(
  `Gateway GatewayClass HTTPRoute ReferenceGrant Application Kustomization HelmRelease Certificate ExternalSecret
  SealedSecret VaultStaticSecret SecretProviderClass`.split(/\s+/),
);

/** The fields of these that rules read, each with the field that holds it. */
const ofOthers: Readonly<Partial<Record<Shape, string>>> = {
  record: `.spec .status spec.target spec.template template.metadata status.operationState status.sync matches.path
    parents.parentRef listeners.tls`,
  list: `status.conditions spec.parentRefs spec.rules rules.matches rules.backendRefs status.parents parents.conditions
    spec.listeners status.listeners tls.certificateRefs listeners.conditions status.addresses spec.from spec.to`,
  texts: 'spec.hostnames',
  text: `spec.secretName metadata.name target.name status.lastAppliedRevision sync.status sync.revision
    operationState.phase operationState.message operationState.finishedAt path.type path.value parents.controllerName
    spec.gatewayClassName spec.controllerName listeners.name listeners.hostname listeners.protocol addresses.value
    conditions.type conditions.status conditions.reason conditions.message conditions.lastTransitionTime
    parentRefs.kind parentRefs.namespace parentRefs.name parentRefs.sectionName parentRef.kind parentRef.namespace
    parentRef.name parentRef.sectionName backendRefs.kind backendRefs.namespace backendRefs.name certificateRefs.kind
    certificateRefs.namespace certificateRefs.name from.kind from.namespace to.kind to.name`,
  number: 'listeners.port backendRefs.port backendRefs.weight conditions.observedGeneration',
};

const shapesByWord = (words: Readonly<Partial<Record<Shape, string>>>): ReadonlyMap<string, Shape> =>
  new Map(shapes.flatMap((shape) => (words[shape] ?? '').split(/\s+/).map((word) => [word, shape] as const)));

const shapeOfName = shapesByWord(byName);
const shapeOfOthers = shapesByWord(ofOthers);

/** Whether the shapes of a kind that others define are known. */
export const isShaped = (kind: string): boolean => others.has(kind);

/**
 * The shape that a field has in an object, or undefined when it may be anything.
 * @param kind undefined for one that is neither built-in nor read by any rule.
 * @param parent the field that holds it, through lists; empty for the fields of the object itself.
 */
export function shapeOf(kind: string | undefined, parent: string, name: string): string | undefined {
  if (kind === undefined) return undefined;
  if (others.has(kind)) return shapeOfOthers.get(`${parent}.${name}`);
  const shape = shapeOfName.get(name);
  if (shape !== undefined) return shape;
  if (name === 'status' && parent === '') return 'record';
  const parents = shapeOfParent.get(name);
  return parents?.get(`${kind}.${parent}`) ?? parents?.get(parent === '' ? kind : parent);
}
