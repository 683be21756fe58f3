import type { Rule } from '../rule.ts';
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
import { livenessNotYetKilling } from './pod/liveness-not-yet-killing.ts';
import { logAuthFailed } from './pod/log-auth-failed.ts';
import { logConfigParse } from './pod/log-config-parse.ts';
import { logKeepsFailing } from './pod/log-keeps-failing.ts';
import { logLocalhostRefused } from './pod/log-localhost-refused.ts';
import { logMigrationFailed } from './pod/log-migration-failed.ts';
import { logResourceExhausted } from './pod/log-resource-exhausted.ts';
import { logRuntimeMemory } from './pod/log-runtime-memory.ts';
import { logServerRefuses } from './pod/log-server-refuses.ts';
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
import { podResourceClaimMissing } from './pod/pod-resource-claim-missing.ts';
import { podSandboxCniFailed } from './pod/pod-sandbox-cni-failed.ts';
import { podSchedulingGated } from './pod/pod-scheduling-gated.ts';
import { podStopHanging } from './pod/pod-stop-hanging.ts';
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

/** The rules of the folder `pod`. */
export const podRules: readonly Rule[] = [
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
  livenessNotYetKilling,
  logAuthFailed,
  logConfigParse,
  logKeepsFailing,
  logLocalhostRefused,
  logMigrationFailed,
  logResourceExhausted,
  logRuntimeMemory,
  logServerRefuses,
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
  podResourceClaimMissing,
  podNotReadyUnexplained,
  podPreempted,
  podPvcNotFound,
  podRequestExceedsAnyNode,
  podResizePending,
  podSandboxCniFailed,
  podSchedulingGated,
  podStopHanging,
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
  rbacForbiddenWorkload,
];
