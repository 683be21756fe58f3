import type { Node, Taint, Toleration } from '../objects.ts';
import { matchesExpression } from '../selectors.ts';

/** `dedicated=batch:NoSchedule`, as kubectl writes it. */
export const taintText = ({ key = '', value, effect = '' }: Taint): string =>
  `${key}${value ? `=${value}` : ''}${effect ? `:${effect}` : ''}`;

/** How a person would write a toleration: as the taint that it admits. */
export const tolerationText = ({ key = '*', value, operator, effect }: Toleration): string =>
  taintText({ key, value: operator === 'Exists' ? undefined : value, effect });

/** Taints that Kubernetes itself sets while a node is unwell. */
export const isSystemTaint = ({ key }: Taint): boolean => key?.startsWith('node.kubernetes.io/') === true;

/** Control-plane nodes are not meant for ordinary workloads. */
export const isControlPlaneTaint = ({ key }: Taint): boolean => key?.startsWith('node-role.kubernetes.io/') === true;

/** The taint that stands for `spec.unschedulable`. */
export const cordonTaint: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
const isCordonTaint = ({ key }: Taint): boolean => key === cordonTaint.key;

/** Taints that keep a pod with these tolerations off a node; the cordon is not among them. */
export function untolerated(node: Node, tolerations: readonly Toleration[] = []): readonly Taint[] {
  return (node.spec?.taints ?? []).filter(
    (taint) =>
      !isCordonTaint(taint) &&
      (taint.effect === 'NoSchedule' || taint.effect === 'NoExecute') &&
      !tolerations.some((toleration) => tolerates(toleration, taint)),
  );
}

/** Whether a toleration admits a taint (core/v1 `Toleration.ToleratesTaint`); `Gt` and `Lt` compare numbers. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  const { key, operator = 'Equal', value = '', effect } = toleration;
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  if (operator === 'Equal') return key !== undefined && value === (taint.value ?? '');
  return matchesExpression(taint.value, operator, [value]);
}
