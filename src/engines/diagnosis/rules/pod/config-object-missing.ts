import { nearest } from '../../../../platform/nearest.ts';
import { type ConfigFault, configEvidence, configFaults } from '../../../config-faults.ts';
import { type KubernetesObject, nameOf, type ObjectRef, refOf } from '../../../objects.ts';
import { unreadySince } from '../../../pods.ts';
import { rollbackAdvice } from '../../../rollbacks.ts';
import { makerJobOf } from '../../../secret-jobs.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { syncerEvidence, syncerOf, syncerWords } from '../../../syncers.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

export const configObjectMissing = defineRule({
  id: 'config-object-missing',
  title: 'A ConfigMap or Secret does not exist',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'The pod asks for a ConfigMap or Secret that does not exist in its namespace, and cannot start without it.',
  detection:
    'A container waits in CreateContainerConfigError, or a mount fails, with `configmap "X" not found` or `secret "X" ' +
    'not found`; or a pod waits for its volumes and a reference that is not optional is known not to exist. What has ' +
    'been created since is silent. The field that asks, similar names, other namespaces with an object of that name and ' +
    'the object that should make a Secret (ExternalSecret, SealedSecret, Certificate, a Job whose command names it) are ' +
    'named.',
  remedies: [
    'Roll back, when the reference is new.',
    'Mend the controller that makes the object, or apply the object from its source.',
    'Correct the name.',
  ],
  avoid: [
    'creating an empty object: the application starts without its configuration',
    'making the reference optional',
    'inventing credentials',
    'copying a Secret from another namespace without its owner',
  ],

  check: (snapshot) =>
    configFaults(snapshot)
      .filter(({ keys }) => keys.length === 0)
      .map((fault) => findingOf(snapshot, fault)),
});

const namedNamespaces = 3;

function findingOf(snapshot: Snapshot, fault: ConfigFault): Finding {
  const { pod, container, object, certainty } = fault;
  const { kind, namespace, name } = object;
  const near = nearest(
    name,
    snapshot.names(kind, namespace).filter((other) => other !== name),
    1,
  )[0];
  const elsewhere = namespacesWith(snapshot, object);
  const known = certainty !== 'message';
  const maker = syncerOf(snapshot, object);
  const job = maker === undefined ? makerJobOf(snapshot, object) : undefined;
  const why = job === undefined ? whereabouts(object, { maker, near, elsewhere: elsewhere[0] }) : `: ${job.says}`;
  const others = elsewhere.slice(0, namedNamespaces).join(', ');
  return {
    subject: refOf(pod),
    container,
    problem: `cannot start: ${nameOf(object)} does not exist${why}`,
    culprit: object,
    certainty,
    evidence: [
      ...configEvidence(fault),
      ...(known
        ? [{ object, source: 'recomputed' as const, text: `${nameOf(object)} was looked for and not found` }]
        : []),
      ...(others === ''
        ? []
        : [{ object, source: 'recomputed' as const, text: `${nameOf(object)} exists in namespace ${others}` }]),
      ...syncerEvidence(snapshot, object),
    ],
    since: unreadySince(pod),
    ...(job === undefined
      ? {
          fixes: fixesOf(snapshot, fault, { maker, near }),
          nextCheck: maker && `kubectl describe ${maker.kind.toLowerCase()} ${maker.metadata.name} -n ${namespace}`,
        }
      : {
          class: 'symptom' as const,
          dependsOn: [job.ref],
          fixes: [{ advice: `make ${nameOf(job.ref)} succeed`, reason: `it makes ${nameOf(object)}` }],
          nextCheck: `kubectl describe job ${job.ref.name} -n ${namespace}`,
        }),
    missingEvidence: known ? [] : [`whether ${nameOf(object)} exists by now: it was not read`],
  };
}

interface Known {
  /** What should have made it. */
  readonly maker: KubernetesObject | undefined;
  /** A name that differs little. */
  readonly near: string | undefined;
  /** A namespace that has one of the same name. */
  readonly elsewhere: string | undefined;
}

/** What is known of an object that does not exist: why its maker did not make it, or what is like it. */
function whereabouts(object: ObjectRef, { maker, near, elsewhere }: Known): string {
  const words = maker && syncerWords(maker);
  if (words !== undefined) return `: ${words}`;
  if (near !== undefined) return ` (${near} does)`;
  return elsewhere === undefined ? '' : ` in namespace ${object.namespace} (it is in namespace ${elsewhere})`;
}

/** Other namespaces that have an object of this kind and name. */
const namespacesWith = (snapshot: Snapshot, { kind, namespace, name }: ObjectRef): readonly string[] =>
  [...snapshot.data.objects, ...snapshot.data.heads]
    .filter((object) => object.kind === kind && object.metadata.name === name)
    .flatMap(({ metadata }) => metadata.namespace ?? [])
    .filter((other) => other !== namespace)
    .toSorted();

function fixesOf(
  snapshot: Snapshot,
  { pod, object, fields }: ConfigFault,
  { maker, near }: Omit<Known, 'elsewhere'>,
): readonly Fix[] {
  const field = fields[0] ?? 'the reference';
  return [
    ...rollbackAdvice(snapshot, pod, (changed) => /(?:configMap|secret)\w*\.(?:name|secretName)$/i.test(changed)),
    ...(near === undefined
      ? []
      : [{ advice: `set ${field} to ${object.kind} ${near}`, reason: `${near} exists and differs little` }]),
    maker === undefined
      ? {
          advice: `apply ${nameOf(object)} from its source to namespace ${object.namespace}`,
          reason: `${field} needs it`,
        }
      : { advice: `mend ${nameOf(refOf(maker))}`, reason: `it should make ${nameOf(object)}` },
  ];
}
