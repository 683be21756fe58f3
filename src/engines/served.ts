import type { Service } from './objects.ts';
import { matchesMap } from './selectors.ts';
import { declaredPorts } from './service-ports.ts';
import type { Snapshot } from './snapshot.ts';

/** Whether a Service surely has a ready endpoint: a workload that it selects has ready pods, and has the ports it names. */
export function isServed(snapshot: Snapshot, service: Service): boolean {
  const { selector, type, ports = [], internalTrafficPolicy, externalTrafficPolicy } = service.spec ?? {};
  if (type === 'ExternalName' || Object.keys(selector ?? {}).length === 0) return true;
  if (internalTrafficPolicy === 'Local' || externalTrafficPolicy === 'Local') return false;
  return templatesWithReadyPods(snapshot, service.metadata.namespace).some((template) => {
    const names = new Set(declaredPorts(template.spec ?? {}).map(({ name }) => name));
    return (
      matchesMap(selector, template.metadata?.labels) &&
      ports.every(({ targetPort }) => typeof targetPort !== 'string' || names.has(targetPort))
    );
  });
}

const templatesWithReadyPods = (snapshot: Snapshot, namespace: string | undefined) =>
  [
    ...snapshot.all('Deployment', namespace).map(({ spec, status }) => ({ spec, ready: status?.readyReplicas })),
    ...snapshot.all('StatefulSet', namespace).map(({ spec, status }) => ({ spec, ready: status?.readyReplicas })),
    ...snapshot.all('DaemonSet', namespace).map(({ spec, status }) => ({ spec, ready: status?.numberReady })),
  ].flatMap(({ spec, ready = 0 }) => (ready > 0 && spec?.template ? [spec.template] : []));
