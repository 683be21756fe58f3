import { type KubernetesObject, nameOf, type PodTemplate, refOf } from '../../objects.ts';
import { templateOf } from '../../references.ts';
import { matchesPattern } from '../namespace-pattern.ts';
import { affectedWorkload, evictionsOf, podOf } from '../subject.ts';
import type { Guard, Situation } from './guard.ts';
import { allow, approve, refuse } from './verdicts.ts';

/** Namespaces in which the network, storage, certificates and deliveries of a whole cluster live, as their projects name them. */
const system: readonly string[] = [
  'kube-*',
  'openshift*',
  'calico-*',
  'tigera-*',
  'cilium*',
  'weave*',
  'metallb-*',
  'longhorn-*',
  'rook-*',
  'openebs*',
  'csi-*',
  '*-csi',
  'ingress-*',
  '*-ingress',
  'nginx-ingress*',
  'traefik*',
  'haproxy-controller',
  'projectcontour',
  'envoy-gateway-*',
  'istio-*',
  'linkerd*',
  'cert-manager*',
  'argocd*',
  'flux-*',
  'gatekeeper-*',
  'kyverno*',
];
const systemPriority = 'system-';

/** G14: what everything else rests on is mended by people. */
export const protectedObjects: Guard = {
  id: 'G14',
  title: 'leaves alone what a whole cluster rests on, and itself',

  check(draft, situation) {
    const { target, snapshot } = situation;
    const workload = snapshot.head(affectedWorkload(situation));
    const fault = [target, ...(workload === undefined ? [] : [workload])].map((each) => faultOf(each, situation));
    const found = fault.find((each) => each !== undefined);
    if (found !== undefined) return refuse(`${found}.`, 'a person may do it with kubectl');
    if (target.kind === 'Node') return ofDrain(draft, situation);
    return allow(`${nameOf(refOf(target))} is in no protected namespace and has no protected label or priority.`);
  },
};

/** The reason why an object is protected, as a sentence without its full stop. */
function faultOf(object: KubernetesObject, { policy, ownNamespace }: Situation): string | undefined {
  const name = nameOf(refOf(object));
  const { namespace, labels = {} } = object.metadata;
  if (namespace !== undefined && namespace === ownNamespace) return `${name} is in the namespace of kubemend itself`;
  const pattern = namespace === undefined ? undefined : system.find((each) => matchesPattern(each, namespace));
  if (pattern !== undefined) return `${name} is in the protected namespace ${namespace} (${pattern})`;
  const label = Object.entries(policy.protected_labels).find(([key, value]) => labels[key] === value);
  if (label !== undefined) return `${name} has the protected label ${label.join('=')}`;
  const priority = priorityOf(object);
  return priority?.startsWith(systemPriority) === true ? `${name} has the priority class ${priority}` : undefined;
}

type WithPriority = KubernetesObject & {
  readonly spec?: { readonly priorityClassName?: string | undefined } | undefined;
};

function priorityOf(object: WithPriority): string | undefined {
  const template: PodTemplate | undefined = templateOf(object);
  return object.spec?.priorityClassName ?? template?.spec?.priorityClassName;
}

/** System pods leave a node that is drained as all others do; our own would take the end of the drain with them. */
function ofDrain(draft: Parameters<typeof evictionsOf>[0], situation: Situation) {
  const pods = evictionsOf(draft).flatMap(({ on }) => podOf(situation, on.object) ?? []);
  const own = pods.find(({ metadata }) => metadata.namespace === situation.ownNamespace);
  if (situation.ownNamespace !== undefined && own !== undefined)
    return refuse(
      `${nameOf(refOf(own))} of kubemend itself runs on ${nameOf(refOf(situation.target))}.`,
      'drain it by hand, or from elsewhere',
    );
  const protectedPods = pods.flatMap((pod) => faultOf(pod, situation) ?? []);
  return protectedPods[0] === undefined
    ? allow(`No protected pod has to leave ${nameOf(refOf(situation.target))}.`)
    : approve(`Protected pods would have to move: ${protectedPods.slice(0, 3).join('; ')}.`);
}
