import { nearest } from '../../../../platform/nearest.ts';
import { failedCalls } from '../../../network/calls.ts';
import { keyOf, nameOf, refOf, type Service } from '../../../objects.ts';
import { routesTo, slicesOf } from '../../../routes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Evidence, type Finding, type Fix } from '../../rule.ts';

export const svcWithoutSelector = defineRule({
  id: 'svc-without-selector',
  title: 'A Service has neither a selector nor endpoints',
  area: 'service',
  class: 'cause',
  severity: 'high',
  meaning: 'Nobody tells the Service where its traffic goes, so every connection to it fails.',
  detection:
    'spec.selector is not set and no EndpointSlice of the Service has an address, while a workload says that it cannot ' +
    'reach it, a route leads to it, or it is asked about. Headless Services and those with an externalName are silent, ' +
    'and so is a Service that nobody needs yet.',
  remedies: ['Give it the selector of its pods.', 'Make an EndpointSlice for what lies outside of the cluster.'],
  avoid: ['restarting the callers: there is nothing to connect to'],

  check: (snapshot) => snapshot.all('Service').flatMap((service) => findingOf(snapshot, service)),
});

function findingOf(snapshot: Snapshot, service: Service): readonly Finding[] {
  const { metadata, spec } = service;
  if (spec === undefined || Object.keys(spec.selector ?? {}).length > 0) return [];
  if (spec.type === 'ExternalName' || spec.clusterIP === 'None') return [];
  if (snapshot.presence('EndpointSlice', metadata.namespace, '') === 'unknown') return [];
  const addresses = slicesOf(snapshot, service).flatMap(({ endpoints }) => endpoints ?? []);
  const needed = needs(snapshot, service);
  if (addresses.length > 0 || needed.length === 0) return [];
  const subject = refOf(service);
  return [
    {
      subject,
      problem: 'leads nowhere: spec.selector is not set, and no EndpointSlice holds addresses for it',
      certainty: 'recomputed',
      evidence: [
        { object: subject, source: 'spec', text: 'spec.selector is not set' },
        { object: subject, source: 'recomputed', text: 'its EndpointSlices have 0 addresses' },
        ...needed.slice(0, 3),
      ],
      fixes: [
        selectorFix(snapshot, service),
        {
          advice: `create an EndpointSlice with the label kubernetes.io/service-name=${metadata.name}`,
          reason: 'if what it stands for is outside of the cluster',
        },
      ],
      nextCheck: `kubectl get endpointslices -n ${metadata.namespace} -l kubernetes.io/service-name=${metadata.name}`,
    },
  ];
}

/** Who needs it: callers that failed, routes, or the question itself. */
function needs(snapshot: Snapshot, service: Service): readonly Evidence[] {
  const ref = refOf(service);
  const calls = failedCalls(snapshot)
    .filter(({ dependency }) => dependency.service !== undefined && keyOf(dependency.service) === keyOf(ref))
    .map(
      ({ pod, words }): Evidence => ({
        object: refOf(pod),
        source: 'log',
        text: words?.text.split('\n')[0]?.slice(0, 200) ?? 'waits for it',
        at: words?.at,
      }),
    );
  const routes = routesTo(snapshot, ref).map(
    ({ ingress, path }): Evidence => ({ object: refOf(ingress), source: 'spec', text: `${path} leads to it` }),
  );
  const { object } = snapshot.scope;
  const asked = object !== undefined && keyOf(object) === keyOf(ref);
  return [...calls, ...routes, ...(asked ? [{ object: ref, source: 'spec' as const, text: 'is asked about' }] : [])];
}

/** The selector that may be meant: the labels of the workload whose name is the Service's, or comes near it. */
function selectorFix(snapshot: Snapshot, { metadata }: Service): Fix {
  const workloads = (['Deployment', 'StatefulSet', 'DaemonSet'] as const).flatMap((kind) =>
    snapshot.all(kind, metadata.namespace),
  );
  const [name] = nearest(
    metadata.name,
    workloads.map((workload) => workload.metadata.name),
    1,
  );
  const meant = workloads.find((workload) => workload.metadata.name === name);
  const labels = Object.entries(meant?.spec?.selector?.matchLabels ?? {});
  if (meant === undefined || labels.length === 0) {
    return { advice: 'set spec.selector to the labels of the pods that serve it', reason: 'its endpoints then follow' };
  }
  const patch = JSON.stringify({ spec: { selector: Object.fromEntries(labels) } });
  return {
    advice: `kubectl patch service ${metadata.name} -n ${metadata.namespace} -p '${patch}', if ${nameOf(refOf(meant))} is meant`,
    reason: 'its name comes near',
  };
}
