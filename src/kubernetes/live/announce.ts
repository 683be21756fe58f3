import { randomUUID } from 'node:crypto';
import type { Precondition } from '../../engines/healing/action.ts';

interface Announced {
  readonly on: Precondition;
  readonly event: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string };
  /** ISO 8601. */
  readonly at: string;
}

/** Of a message, as the API server limits it. */
const longestMessage = 1024;

/** Events about cluster-scoped objects are written to `default`. */
export const eventNamespace = ({ object }: Precondition): string => object.namespace ?? 'default';

/** An Event of core v1, as `kubectl describe` shows it. */
export function eventOf({ on, event, at }: Announced): object {
  const { kind, namespace, name } = on.object;
  // A time and a random part, as client-go has it, without its assumption that both are one.
  const suffix = randomUUID().replaceAll('-', '').slice(0, 16);
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name.slice(0, 230)}.${suffix}`, namespace: eventNamespace(on) },
    involvedObject: {
      apiVersion: on.apiVersion,
      kind,
      ...(namespace !== undefined && { namespace }),
      name,
      uid: on.uid,
      resourceVersion: on.resourceVersion,
    },
    type: event.type,
    reason: event.reason,
    message: bounded(event.message),
    action: 'Heal',
    source: { component: 'kubemend' },
    reportingComponent: 'kubemend',
    reportingInstance: 'kubemend',
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
  };
}

const bounded = (text: string): string =>
  text.length <= longestMessage ? text : `${text.slice(0, longestMessage - 1)}…`;
