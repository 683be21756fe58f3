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

/** Every tool that plans a change, and `list_actions`: loaded only when healing is switched on. */
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
