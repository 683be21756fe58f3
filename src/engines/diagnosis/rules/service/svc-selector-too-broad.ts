import { isAskedAbout } from '../../../asked-about.ts';
import { parseImage } from '../../../images.ts';
import { failedCalls } from '../../../network/calls.ts';
import { nameOf, refOf, type Service } from '../../../objects.ts';
import { isReady } from '../../../pods.ts';
import { selectorText } from '../../../selectors.ts';
import { type Backend, backendsOf, declaredPorts } from '../../../service-ports.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Evidence, type Finding } from '../../rule.ts';

const shownBackends = 3;

export const svcSelectorTooBroad = defineRule({
  id: 'svc-selector-too-broad',
  title: 'A Service sends traffic to different programs',
  area: 'service',
  class: 'risk',
  severity: 'high',
  meaning: 'A part of the requests reaches pods of another application, which answers wrongly or not at all.',
  detection:
    'The selector matches ready pods of two or more workloads that run different images, or a common base image with ' +
    'another command. It is the cause when one of them declares ports without the target port, when the Service is ' +
    'asked about, when a call to it is refused or gets no answer, or when another Service with the same selector is ' +
    'named after another of them. Of one image only workloads are meant whose pods are called differently (label app) ' +
    'and of which one has a Service of its own. Versions of one image (canaries), headless Services and Services for metrics are left alone.',
  remedies: ['Add the label to the selector that only the wanted pods have.'],
  avoid: [
    'deleting the extra pods: they serve something else',
    'relabelling pods by hand: their controller replaces them',
  ],

  check: (snapshot) => snapshot.all('Service').flatMap((service) => findingOf(snapshot, service)),
});

function findingOf(snapshot: Snapshot, service: Service): readonly Finding[] {
  const { type, clusterIP, selector = {}, ports = [] } = service.spec ?? {};
  if (type === 'ExternalName' || clusterIP === 'None' || Object.keys(selector).length === 0) return [];
  if (ports.length === 0 || ports.some(({ name, targetPort }) => /metric|prom/i.test(`${name} ${String(targetPort)}`)))
    return [];
  const serving = backendsOf(snapshot, service).filter((each) => each.pods.some(isReady) && isReached(service, each));
  const [first] = serving;
  const others = serving.filter(
    (each) => first !== undefined && (!runsSame(first, each) || isNamesake(snapshot, service, [first, each])),
  );
  if (first === undefined || others.length === 0) return [];
  const subject = refOf(service);
  const deaf = serving.filter((each) => isDeaf(service, each));
  const isAsked = isAskedAbout(snapshot, subject);
  const names = serving.slice(0, shownBackends).map(({ ref }) => nameOf(ref));
  const deafText =
    deaf.length === 0 || deaf.length === serving.length
      ? ''
      : `; ${deaf.map(({ ref }) => nameOf(ref)).join(' and ')} declares no port ${targetsOf(service).join(' or ')}`;
  return [
    {
      subject,
      problem: `selects ${selectorText({ matchLabels: selector })}, which pods of different programs have: ${names.join(' and ')}${deafText}`,
      ...((deafText !== '' || isAsked || isMissed(snapshot, service) || isTwin(snapshot, service, serving)) && {
        class: 'cause' as const,
      }),
      certainty: 'recomputed',
      evidence: serving.slice(0, shownBackends).map(backendEvidence),
      fixes: [fixFor(service, serving)],
      nextCheck: `kubectl get endpointslices -n ${subject.namespace} -l kubernetes.io/service-name=${subject.name}`,
    },
  ];
}

/** Whether somebody who calls it is refused, or gets no answer. */
const isMissed = (snapshot: Snapshot, service: Service): boolean =>
  failedCalls(snapshot).some(
    ({ dependency: { service: called, failure } }) =>
      (failure === 'refused' || failure === 'timeout') &&
      called?.name === service.metadata.name &&
      called.namespace === service.metadata.namespace,
  );

/** Whether it is named after one of its backends, and another Service after another one, with the same selector. */
function isTwin(snapshot: Snapshot, { metadata, spec }: Service, serving: readonly Backend[]): boolean {
  const names = new Set(serving.map(({ ref }) => ref.name));
  return (
    names.has(metadata.name) &&
    snapshot
      .all('Service', metadata.namespace)
      .some(
        (other) =>
          other.metadata.name !== metadata.name &&
          names.has(other.metadata.name) &&
          selectorText({ matchLabels: other.spec?.selector ?? {} }) ===
            selectorText({ matchLabels: spec?.selector ?? {} }),
      )
  );
}

const targetsOf = ({ spec }: Service): readonly string[] =>
  (spec?.ports ?? []).map(({ port, targetPort }) => String(targetPort ?? port));

/** Pods without a port of that name are no endpoints of a named target port. */
const isReached = (service: Service, { spec }: Backend): boolean =>
  targetsOf(service).some((target) => /^\d+$/.test(target) || declaredPorts(spec).some(({ name }) => name === target));

/** Whether a backend declares ports, and none of those that it is sent. */
function isDeaf(service: Service, { spec }: Backend): boolean {
  const declared = declaredPorts(spec);
  const targets = targetsOf(service);
  return (
    declared.length > 0 &&
    !declared.some(({ name, port }) => targets.includes(String(port)) || targets.includes(name ?? ''))
  );
}

/** Images that many programs are started from. */
const bases =
  /(?:^|\/)(?:busybox|alpine|debian|ubuntu|nginx|httpd|node|python|openjdk|eclipse-temurin|ruby|php|golang|bash|curl)$/;

/** What a workload runs: repositories, and the command where the image is a common base. */
const programsOf = ({ spec }: Backend): readonly string[] =>
  (spec.containers ?? []).flatMap(({ image, command = [], args = [] }) => {
    if (image === undefined) return [];
    const { repository } = parseImage(image);
    return [bases.test(repository) ? JSON.stringify([repository, command, args]) : repository];
  });

/** Workloads that share a program are versions of one application; of one without images nothing is known. */
function runsSame(a: Backend, b: Backend): boolean {
  const [ours, theirs] = [programsOf(a), programsOf(b)];
  return ours.length === 0 || theirs.length === 0 || ours.some((program) => theirs.includes(program));
}

const nameLabels = ['app', 'app.kubernetes.io/name', 'k8s-app'];

/** Two applications of one image: their pods are called differently, and one of them alone has a Service of its own. */
function isNamesake(snapshot: Snapshot, service: Service, pair: readonly Backend[]): boolean {
  const [ours, theirs] = pair.map(({ pods }) => pods[0]?.metadata.labels ?? {});
  const called = nameLabels.find((key) => ours?.[key] !== undefined && theirs?.[key] !== undefined);
  if (called === undefined || ours?.[called] === theirs?.[called]) return false;
  const others = snapshot.all('Service', service.metadata.namespace).filter((each) => each !== service);
  const served = others.map((each) => backendsOf(snapshot, each).map(({ ref }) => nameOf(ref)));
  const own = pair.filter(({ ref }) => served.some((names) => names.length === 1 && names[0] === nameOf(ref)));
  return own.length === 1;
}

const backendEvidence = ({ ref, spec, pods }: Backend): Evidence => ({
  object: ref,
  source: 'recomputed',
  text: `${pods.length} ${pods.length === 1 ? 'pod' : 'pods'} of ${(spec.containers ?? []).map(({ image }) => image).join(', ')} ${pods.length === 1 ? 'has' : 'have'} the labels`,
});

/** A label that tells the backend that is meant: the one whose name is nearest to that of the Service, else the first. */
function fixFor(service: Service, serving: readonly Backend[]) {
  const { name } = service.metadata;
  const meant =
    serving.find(({ ref }) => ref.name === name) ?? serving.find(({ ref }) => ref.name.includes(name)) ?? serving[0];
  const others = serving.filter((each) => each !== meant).flatMap(({ pods }) => pods);
  const own = Object.entries(meant?.pods[0]?.metadata.labels ?? {}).find(
    ([key, value]) =>
      !/hash|topology|pod-name|pod-index/.test(key) && others.every(({ metadata }) => metadata.labels?.[key] !== value),
  );
  const target = meant === undefined ? 'the pods that are meant' : nameOf(meant.ref);
  return own === undefined
    ? {
        advice: `give ${target} a label of its own and add it to spec.selector of ${nameOf(refOf(service))}`,
        reason: 'no label tells them apart yet',
      }
    : {
        advice: `add ${own[0]}=${own[1]} to spec.selector of ${nameOf(refOf(service))}`,
        reason: `only the pods of ${target} have it`,
      };
}
