import type { Action } from './action.ts';
import { draftCordon } from './drafts/cordon.ts';
import { draftDrain } from './drafts/drain.ts';
import { draftEvict } from './drafts/evict.ts';
import { draftResize } from './drafts/resize.ts';
import { draftRestart } from './drafts/restart.ts';
import { draftRollback } from './drafts/rollback.ts';
import { draftScale } from './drafts/scale.ts';
import { draftSetImage } from './drafts/set-image.ts';
import { draftUndo } from './drafts/undo.ts';
import type { Drafted, Material } from './material.ts';
import { neverTouched } from './never-touched.ts';

/** Works an action out against what was just read: the same material gives the same draft. */
export const draftOf = (action: Action, material: Material): Drafted =>
  neverTouched(material.target) ?? drafted(action, material);

function drafted(action: Action, material: Material): Drafted {
  switch (action.name) {
    case 'restart_workload':
      return draftRestart(action, material);
    case 'scale_workload':
      return draftScale(action, material);
    case 'rollback_workload':
      return draftRollback(action, material);
    case 'resize_workload':
      return draftResize(action, material);
    case 'set_image':
      return draftSetImage(action, material);
    case 'evict_pod':
      return draftEvict(action, material);
    case 'cordon_node':
      return draftCordon(action, material);
    case 'drain_node':
      return draftDrain(action, material);
    default:
      return draftUndo(action, material);
  }
}
