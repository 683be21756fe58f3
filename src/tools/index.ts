import { analyzeLogs } from './diagnostic/analyze-logs.ts';
import { checkAccess } from './diagnostic/check-access.ts';
import { checkPodHealth } from './diagnostic/check-pod-health.ts';
import { diagnose } from './diagnostic/diagnose.ts';
import { getResource } from './diagnostic/get-resource.ts';
import { getTimeline } from './diagnostic/get-timeline.ts';
import { getUsage } from './diagnostic/get-usage.ts';
import { listClusters } from './diagnostic/list-clusters.ts';
import { listResources } from './diagnostic/list-resources.ts';
import { traceRoute } from './diagnostic/trace-route.ts';
import { cordonNode } from './healing/cordon-node.ts';
import { drainNode } from './healing/drain-node.ts';
import { evictPod } from './healing/evict-pod.ts';
import { listActions } from './healing/list-actions.ts';
import { resizeWorkload } from './healing/resize-workload.ts';
import { restartWorkload } from './healing/restart-workload.ts';
import { rollbackWorkload } from './healing/rollback-workload.ts';
import { scaleWorkload } from './healing/scale-workload.ts';
import { setImage } from './healing/set-image.ts';
import { undoAction } from './healing/undo-action.ts';
import type { AnyTool } from './tool.ts';

/** Every tool, in the order in which `tools/list` shows them. */
export const tools: readonly AnyTool[] = [
  diagnose,
  checkPodHealth,
  analyzeLogs,
  getTimeline,
  traceRoute,
  listResources,
  getResource,
  getUsage,
  checkAccess,
  listClusters,
];

/** Those that are offered only when healing is switched on. */
export const healingTools: readonly AnyTool[] = [
  restartWorkload,
  rollbackWorkload,
  scaleWorkload,
  resizeWorkload,
  setImage,
  evictPod,
  cordonNode,
  drainNode,
  undoAction,
  listActions,
];
