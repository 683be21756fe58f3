import { nearest } from '../../../../platform/nearest.ts';
import { keyOf, nameOf, refOf } from '../../../objects.ts';
import { awaitedClass, type Ingress, isClassless, pathsOf } from '../../../routes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

const shownClasses = 5;

export const ingressClassProblem = defineRule({
  id: 'ingress-class-problem',
  title: 'An Ingress names a class that does not exist',
  area: 'route',
  class: 'cause',
  severity: 'high',
  meaning: 'No controller takes the Ingress, so requests for its hosts from outside reach nothing.',
  detection:
    'spec.ingressClassName is not among the IngressClasses and the Ingress has no address. The annotation ' +
    'kubernetes.io/ingress.class is not judged: controllers take it without an object. An Ingress without any class and ' +
    'without an address is a risk, told to whoever asks about it.',
  remedies: ['Set the class of the controller that runs.', 'Install the controller, which brings its class.'],
  avoid: ['creating an empty IngressClass: no controller listens to it'],

  check: (snapshot) =>
    snapshot.all('Ingress').flatMap((ingress) => [...findingOf(snapshot, ingress), ...classless(snapshot, ingress)]),
});

/** Some controllers take every Ingress, so this is a doubt, and told to whoever asks about that very one. */
function classless(snapshot: Snapshot, ingress: Ingress): readonly Finding[] {
  const subject = refOf(ingress);
  const { object } = snapshot.scope;
  if (object === undefined || keyOf(object) !== keyOf(subject) || !isClassless(ingress)) return [];
  if (snapshot.presence('IngressClass', undefined, '') === 'unknown') return [];
  const classes = snapshot.names('IngressClass', undefined);
  const [only, ...others] = classes;
  return [
    {
      subject,
      class: 'risk',
      problem: `names no class (spec.ingressClassName) and has no address: only a controller that takes every Ingress serves it${only === undefined ? '; the cluster has no IngressClass' : ''}`,
      certainty: 'declared',
      evidence: [
        { object: subject, source: 'spec', text: 'spec.ingressClassName is not set' },
        { object: subject, source: 'status', text: 'no address' },
      ],
      fixes: [
        {
          advice: `set spec.ingressClassName of ${nameOf(subject)} to ${only === undefined || others.length > 0 ? 'the class of the controller that should serve it' : only}`,
          reason: 'a controller takes the Ingresses of its class',
        },
      ],
      missingEvidence: ['whether a controller runs that takes Ingresses without a class'],
    },
  ];
}

function findingOf(snapshot: Snapshot, ingress: Ingress): readonly Finding[] {
  const name = awaitedClass(ingress);
  if (name === undefined || snapshot.presence('IngressClass', undefined, name) !== 'absent') return [];
  const subject = refOf(ingress);
  const classes = snapshot.names('IngressClass', undefined);
  const similar = nearest(name, classes, 1);
  const [only] = classes;
  const meant = similar[0] ?? (classes.length === 1 ? only : undefined);
  const listed =
    classes.length === 0 ? 'the cluster has none' : `there is ${classes.slice(0, shownClasses).join(', ')}`;
  const hosts = [...new Set(pathsOf(ingress).map(({ path }) => path))].slice(0, shownClasses).join(', ');
  return [
    {
      subject,
      problem: `is served by nobody: IngressClass/${name} does not exist (${listed})`,
      culprit: { kind: 'IngressClass', name },
      certainty: 'declared',
      evidence: [
        { object: subject, source: 'spec', text: `spec.ingressClassName is ${name}` },
        { object: subject, source: 'status', text: `no address${hosts === '' ? '' : ` for ${hosts}`}` },
      ],
      since: ingress.metadata.creationTimestamp,
      fixes: [
        ...(meant === undefined
          ? []
          : [{ advice: `set spec.ingressClassName of ${nameOf(subject)} to ${meant}`, reason: 'that class exists' }]),
        {
          advice: `install the ingress controller that brings IngressClass/${name}`,
          reason: 'if it is meant to run here',
        },
      ],
    },
  ];
}
