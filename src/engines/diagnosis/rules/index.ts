import type { Rule } from '../rule.ts';
import { apiDeprecatedOrRemoved } from './cluster/api-deprecated-or-removed.ts';
import { apiserviceUnavailable } from './cluster/apiservice-unavailable.ts';
import { certificateExpiring } from './cluster/certificate-expiring.ts';
import { controlPlaneDegraded } from './cluster/control-plane-degraded.ts';
import { diagnosisBlindSpot } from './cluster/diagnosis-blind-spot.ts';
import { dnsCorednsConfig } from './cluster/dns-coredns-config.ts';
import { namespaceTerminating } from './namespace/namespace-terminating.ts';
import { psaViolation } from './namespace/psa-violation.ts';
import { quotaExceeded } from './namespace/quota-exceeded.ts';
import { resourcePolicyViolation } from './namespace/resource-policy-violation.ts';
import { webhookDeadlock } from './namespace/webhook-deadlock.ts';
import { webhookDenied } from './namespace/webhook-denied.ts';
import { webhookUnavailable } from './namespace/webhook-unavailable.ts';
import { containerRuntimeStuck } from './node/container-runtime-stuck.ts';
import { nodeCordoned } from './node/node-cordoned.ts';
import { nodeDiskPressure } from './node/node-disk-pressure.ts';
import { nodeKubeletCertificate } from './node/node-kubelet-certificate.ts';
import { nodeMemoryOrPidPressure } from './node/node-memory-or-pid-pressure.ts';
import { nodeNetworkAgentDown } from './node/node-network-agent-down.ts';
import { nodeNotReadyRuntime } from './node/node-not-ready-runtime.ts';
import { nodeNotReadySilent } from './node/node-not-ready-silent.ts';
import { nodeProblemDetected } from './node/node-problem-detected.ts';
import { nodeRebooted } from './node/node-rebooted.ts';
import { nodeVersionSkew } from './node/node-version-skew.ts';
import { sharedCauseNode } from './node/shared-cause-node.ts';
import { configKeyMissing } from './pod/config-key-missing.ts';
import { configObjectMissing } from './pod/config-object-missing.ts';
import { containerCommandNotFound } from './pod/container-command-not-found.ts';
import { containerExecPermission } from './pod/container-exec-permission.ts';
import { containerMountConflict } from './pod/container-mount-conflict.ts';
import { containerSecurityRejected } from './pod/container-security-rejected.ts';
import { cpuThrottled } from './pod/cpu-throttled.ts';
import { crashAppError } from './pod/crash-app-error.ts';
import { crashDependencyDown } from './pod/crash-dependency-down.ts';
import { crashExitsZero } from './pod/crash-exits-zero.ts';
import { crashFilesystemPermission } from './pod/crash-filesystem-permission.ts';
import { exit137Sigkill } from './pod/exit-137-sigkill.ts';
import { exit139134 } from './pod/exit-139-134.ts';
import { exit143Sigterm } from './pod/exit-143-sigterm.ts';
import { imageArchMismatch } from './pod/image-arch-mismatch.ts';
import { imagePullSecretMissing } from './pod/image-pull-secret-missing.ts';
import { imageRateLimited } from './pod/image-rate-limited.ts';
import { imageReferenceInvalid } from './pod/image-reference-invalid.ts';
import { imageRegistryDns } from './pod/image-registry-dns.ts';
import { imageRegistryTls } from './pod/image-registry-tls.ts';
import { imageRegistryUnreachable } from './pod/image-registry-unreachable.ts';
import { imageRepoDeniedAmbiguous } from './pod/image-repo-denied-ambiguous.ts';
import { imageTagNotFound } from './pod/image-tag-not-found.ts';
import { imageUnauthorized } from './pod/image-unauthorized.ts';
import { initContainerCrash } from './pod/init-container-crash.ts';
import { initContainerHanging } from './pod/init-container-hanging.ts';
import { livenessKillsHealthyApp } from './pod/liveness-kills-healthy-app.ts';
import { logAuthFailed } from './pod/log-auth-failed.ts';
import { logConfigParse } from './pod/log-config-parse.ts';
import { logMigrationFailed } from './pod/log-migration-failed.ts';
import { logResourceExhausted } from './pod/log-resource-exhausted.ts';
import { logRuntimeMemory } from './pod/log-runtime-memory.ts';
import { logSlowDrift } from './pod/log-slow-drift.ts';
import { logTlsError } from './pod/log-tls-error.ts';
import { logUpstreamFailing } from './pod/log-upstream-failing.ts';
import { oomContainerLimit } from './pod/oom-container-limit.ts';
import { oomNodeLevel } from './pod/oom-node-level.ts';
import { podEvictedEphemeralLimit } from './pod/pod-evicted-ephemeral-limit.ts';
import { podEvictedNodePressure } from './pod/pod-evicted-node-pressure.ts';
import { podExtendedResourceMissing } from './pod/pod-extended-resource-missing.ts';
import { podIpExhausted } from './pod/pod-ip-exhausted.ts';
import { podKubeletRejected } from './pod/pod-kubelet-rejected.ts';
import { podNodeDoesNotExist } from './pod/pod-node-does-not-exist.ts';
import { podNotObservedByScheduler } from './pod/pod-not-observed-by-scheduler.ts';
import { podNotReadyUnexplained } from './pod/pod-not-ready-unexplained.ts';
import { podPreempted } from './pod/pod-preempted.ts';
import { podPvcNotFound } from './pod/pod-pvc-not-found.ts';
import { podRequestExceedsAnyNode } from './pod/pod-request-exceeds-any-node.ts';
import { podResizePending } from './pod/pod-resize-pending.ts';
import { podSandboxCniFailed } from './pod/pod-sandbox-cni-failed.ts';
import { podSchedulingGated } from './pod/pod-scheduling-gated.ts';
import { podStuckTerminatingFinalizer } from './pod/pod-stuck-terminating-finalizer.ts';
import { podStuckTerminatingNodeDown } from './pod/pod-stuck-terminating-node-down.ts';
import { podStuckTerminatingRuntime } from './pod/pod-stuck-terminating-runtime.ts';
import { podUnschedulableCapacity } from './pod/pod-unschedulable-capacity.ts';
import { podUnschedulableHostport } from './pod/pod-unschedulable-hostport.ts';
import { podUnschedulableNodeAffinity } from './pod/pod-unschedulable-node-affinity.ts';
import { podUnschedulableSpread } from './pod/pod-unschedulable-spread.ts';
import { podUnschedulableTaint } from './pod/pod-unschedulable-taint.ts';
import { podUnschedulableVolumeLimit } from './pod/pod-unschedulable-volume-limit.ts';
import { podUnschedulableVolumeTopology } from './pod/pod-unschedulable-volume-topology.ts';
import { portBindConflict } from './pod/port-bind-conflict.ts';
import { probeConnectionRefused } from './pod/probe-connection-refused.ts';
import { probeMisconfigured } from './pod/probe-misconfigured.ts';
import { probeNotYetDue } from './pod/probe-not-yet-due.ts';
import { probeReadiness5xx } from './pod/probe-readiness-5xx.ts';
import { probeTimeout } from './pod/probe-timeout.ts';
import { rbacForbiddenWorkload } from './pod/rbac-forbidden-workload.ts';
import { readinessGateBlocked } from './pod/readiness-gate-blocked.ts';
import { startupProbeTooShort } from './pod/startup-probe-too-short.ts';
import { gatewayNotProgrammed } from './route/gateway-not-programmed.ts';
import { httprouteNotAccepted } from './route/httproute-not-accepted.ts';
import { ingressBackendMissing } from './route/ingress-backend-missing.ts';
import { ingressClassProblem } from './route/ingress-class-problem.ts';
import { ingressRouteConflict } from './route/ingress-route-conflict.ts';
import { ingressTlsInvalid } from './route/ingress-tls-invalid.ts';
import { dnsCorednsDown } from './service/dns-coredns-down.ts';
import { dnsHostAlias } from './service/dns-host-alias.ts';
import { dnsPolicyWrong } from './service/dns-policy-wrong.ts';
import { meshPolicyDenies } from './service/mesh-policy-denies.ts';
import { netpolBlocksDns } from './service/netpol-blocks-dns.ts';
import { netpolBlocksFlow } from './service/netpol-blocks-flow.ts';
import { serviceReferenceMissing } from './service/service-reference-missing.ts';
import { svcAddressPending } from './service/svc-address-pending.ts';
import { svcBackendLoopback } from './service/svc-backend-loopback.ts';
import { svcExternalNameDangling } from './service/svc-external-name-dangling.ts';
import { svcNoReadyEndpoints } from './service/svc-no-ready-endpoints.ts';
import { svcPortNotOffered } from './service/svc-port-not-offered.ts';
import { svcProtocolMismatch } from './service/svc-protocol-mismatch.ts';
import { svcSelectorMatchesNothing } from './service/svc-selector-matches-nothing.ts';
import { svcSelectorTooBroad } from './service/svc-selector-too-broad.ts';
import { svcTargetPortMismatch } from './service/svc-target-port-mismatch.ts';
import { svcTrafficPolicyLocal } from './service/svc-traffic-policy-local.ts';
import { svcWithoutSelector } from './service/svc-without-selector.ts';
import { pvReleasedRetained } from './volume/pv-released-retained.ts';
import { pvcLost } from './volume/pvc-lost.ts';
import { pvcNamedVolumeUnusable } from './volume/pvc-named-volume-unusable.ts';
import { pvcNoDefaultClass } from './volume/pvc-no-default-class.ts';
import { pvcProvisioningFailed } from './volume/pvc-provisioning-failed.ts';
import { pvcResizeStuck } from './volume/pvc-resize-stuck.ts';
import { pvcRwoShared } from './volume/pvc-rwo-shared.ts';
import { pvcStorageclassMissing } from './volume/pvc-storageclass-missing.ts';
import { pvcWaitFirstConsumer } from './volume/pvc-wait-first-consumer.ts';
import { volumeAttachOrMountFailed } from './volume/volume-attach-or-mount-failed.ts';
import { volumeFull } from './volume/volume-full.ts';
import { volumeHeldElsewhere } from './volume/volume-held-elsewhere.ts';
import { configChangeCorrelated } from './workload/config-change-correlated.ts';
import { configEnvShadowed } from './workload/config-env-shadowed.ts';
import { configStaleInPod } from './workload/config-stale-in-pod.ts';
import { crashRegressionAfterRollout } from './workload/crash-regression-after-rollout.ts';
import { cronjobUnhealthy } from './workload/cronjob-unhealthy.ts';
import { deployCreateFailed } from './workload/deploy-create-failed.ts';
import { deployProgressDeadline } from './workload/deploy-progress-deadline.ts';
import { deployScaledToZero } from './workload/deploy-scaled-to-zero.ts';
import { deployStrategyOutage } from './workload/deploy-strategy-outage.ts';
import { deploySurgeDeadlock } from './workload/deploy-surge-deadlock.ts';
import { dsCoverage } from './workload/ds-coverage.ts';
import { gitopsOrHelmStuck } from './workload/gitops-or-helm-stuck.ts';
import { hpaContainerMissing } from './workload/hpa-container-missing.ts';
import { hpaMaxedOut } from './workload/hpa-maxed-out.ts';
import { hpaMetricsUnavailable } from './workload/hpa-metrics-unavailable.ts';
import { hpaMissingRequests } from './workload/hpa-missing-requests.ts';
import { hpaTargetOrConflict } from './workload/hpa-target-or-conflict.ts';
import { imageTagDrift } from './workload/image-tag-drift.ts';
import { jobFailed } from './workload/job-failed.ts';
import { jobSuspended } from './workload/job-suspended.ts';
import { pdbBlocksAll } from './workload/pdb-blocks-all.ts';
import { podFailedLeftovers } from './workload/pod-failed-leftovers.ts';
import { referenceObjectMissing } from './workload/reference-object-missing.ts';
import { rolloutHeld } from './workload/rollout-held.ts';
import { selectorOverlap } from './workload/selector-overlap.ts';
import { sidecarBlocksJob } from './workload/sidecar-blocks-job.ts';
import { stsOrdinalBlocked } from './workload/sts-ordinal-blocked.ts';
import { stsRollbackTrap } from './workload/sts-rollback-trap.ts';

/** Every rule; the order decides nothing but which of two equal findings is named first. */
export const rules: readonly Rule[] = [
  diagnosisBlindSpot,
  psaViolation,
  quotaExceeded,
  resourcePolicyViolation,
  webhookUnavailable,
  containerRuntimeStuck,
  nodeCordoned,
  nodeDiskPressure,
  nodeKubeletCertificate,
  nodeMemoryOrPidPressure,
  nodeNetworkAgentDown,
  nodeNotReadyRuntime,
  nodeNotReadySilent,
  nodeProblemDetected,
  nodeRebooted,
  nodeVersionSkew,
  sharedCauseNode,
  configKeyMissing,
  configObjectMissing,
  containerCommandNotFound,
  containerExecPermission,
  containerMountConflict,
  containerSecurityRejected,
  cpuThrottled,
  crashAppError,
  crashDependencyDown,
  crashExitsZero,
  crashFilesystemPermission,
  exit137Sigkill,
  exit139134,
  exit143Sigterm,
  imageArchMismatch,
  imagePullSecretMissing,
  imageRateLimited,
  imageReferenceInvalid,
  imageRegistryDns,
  imageRegistryTls,
  imageRegistryUnreachable,
  imageRepoDeniedAmbiguous,
  imageTagNotFound,
  imageUnauthorized,
  initContainerCrash,
  initContainerHanging,
  livenessKillsHealthyApp,
  logAuthFailed,
  logConfigParse,
  logMigrationFailed,
  logResourceExhausted,
  logRuntimeMemory,
  logSlowDrift,
  logTlsError,
  logUpstreamFailing,
  oomContainerLimit,
  oomNodeLevel,
  podEvictedEphemeralLimit,
  podEvictedNodePressure,
  podExtendedResourceMissing,
  podIpExhausted,
  podKubeletRejected,
  podNodeDoesNotExist,
  podNotObservedByScheduler,
  podNotReadyUnexplained,
  podPreempted,
  podPvcNotFound,
  podRequestExceedsAnyNode,
  podResizePending,
  podSandboxCniFailed,
  podSchedulingGated,
  podStuckTerminatingFinalizer,
  podStuckTerminatingNodeDown,
  podStuckTerminatingRuntime,
  podUnschedulableCapacity,
  podUnschedulableHostport,
  podUnschedulableNodeAffinity,
  podUnschedulableSpread,
  podUnschedulableTaint,
  podUnschedulableVolumeLimit,
  podUnschedulableVolumeTopology,
  portBindConflict,
  probeConnectionRefused,
  probeMisconfigured,
  probeNotYetDue,
  probeReadiness5xx,
  probeTimeout,
  readinessGateBlocked,
  startupProbeTooShort,
  gatewayNotProgrammed,
  httprouteNotAccepted,
  ingressBackendMissing,
  ingressClassProblem,
  ingressRouteConflict,
  ingressTlsInvalid,
  dnsCorednsDown,
  dnsHostAlias,
  dnsPolicyWrong,
  meshPolicyDenies,
  netpolBlocksDns,
  netpolBlocksFlow,
  serviceReferenceMissing,
  svcAddressPending,
  svcBackendLoopback,
  svcExternalNameDangling,
  svcNoReadyEndpoints,
  svcPortNotOffered,
  svcProtocolMismatch,
  svcSelectorMatchesNothing,
  svcSelectorTooBroad,
  svcTargetPortMismatch,
  pvReleasedRetained,
  pvcLost,
  svcTrafficPolicyLocal,
  svcWithoutSelector,
  pvcNamedVolumeUnusable,
  pvcNoDefaultClass,
  pvcProvisioningFailed,
  pvcResizeStuck,
  pvcRwoShared,
  pvcStorageclassMissing,
  pvcWaitFirstConsumer,
  volumeAttachOrMountFailed,
  volumeFull,
  volumeHeldElsewhere,
  configEnvShadowed,
  crashRegressionAfterRollout,
  deployCreateFailed,
  deployProgressDeadline,
  deployScaledToZero,
  imageTagDrift,
  jobFailed,
  podFailedLeftovers,
  referenceObjectMissing,
  stsOrdinalBlocked,
  stsRollbackTrap,
  rolloutHeld,
  deploySurgeDeadlock,
  deployStrategyOutage,
  dsCoverage,
  cronjobUnhealthy,
  sidecarBlocksJob,
  jobSuspended,
  configStaleInPod,
  configChangeCorrelated,
  hpaMissingRequests,
  hpaTargetOrConflict,
  hpaMetricsUnavailable,
  hpaContainerMissing,
  hpaMaxedOut,
  apiserviceUnavailable,
  webhookDeadlock,
  webhookDenied,
  namespaceTerminating,
  pdbBlocksAll,
  rbacForbiddenWorkload,
  dnsCorednsConfig,
  controlPlaneDegraded,
  certificateExpiring,
  apiDeprecatedOrRemoved,
  gitopsOrHelmStuck,
  selectorOverlap,
];
