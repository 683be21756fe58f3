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
