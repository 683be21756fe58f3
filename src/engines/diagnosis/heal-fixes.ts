import type { ObjectRef } from '../objects.ts';
import type { Fix } from './rule.ts';

// Remedies that are actions of ours (`engines/healing/action.ts`), with the arguments of their tools.

/** `deployment/api`, as tools and kubectl take it. */
export const targetOf = ({ kind, name }: ObjectRef): string => `${kind.toLowerCase()}/${name}`;

const on = (target: ObjectRef) => ({
  object: targetOf(target),
  ...(target.namespace !== undefined && { namespace: target.namespace }),
});

export const restartFix = (workload: ObjectRef, reason: string): Fix => ({
  tool: 'restart_workload',
  arguments: on(workload),
  reason,
});

export const rollbackFix = (workload: ObjectRef, revision: number, reason: string): Fix => ({
  tool: 'rollback_workload',
  arguments: { ...on(workload), revision },
  reason,
});

export const scaleFix = (workload: ObjectRef, replicas: number, reason: string): Fix => ({
  tool: 'scale_workload',
  arguments: { ...on(workload), replicas },
  reason,
});

/** @param amounts `container` and the amounts that the tool takes: `memory_limit`. */
export const resizeFix = (workload: ObjectRef, amounts: Readonly<Record<string, string>>, reason: string): Fix => ({
  tool: 'resize_workload',
  arguments: { ...on(workload), ...amounts },
  reason,
});

export const evictFix = (pod: ObjectRef, reason: string): Fix => ({
  tool: 'evict_pod',
  arguments: on(pod),
  reason,
});

export const uncordonFix = (node: string, reason: string): Fix => ({
  tool: 'cordon_node',
  arguments: { object: `node/${node}`, uncordon: true },
  reason,
});
