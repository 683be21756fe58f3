import { conditionText, failedCondition, type Gateway, gatewayClasses, gateways } from '../../../gateway-api.ts';
import { nameOf, type ObjectRef, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Evidence, type Finding } from '../../rule.ts';

export const gatewayNotProgrammed = defineRule({
  id: 'gateway-not-programmed',
  title: 'A Gateway does not work',
  area: 'route',
  class: 'cause',
  severity: 'high',
  meaning: 'No listener is set up, so none of the routes that are attached to the Gateway is served.',
  detection:
    'The conditions Accepted or Programmed of the Gateway or of a listener, or ResolvedRefs of a listener, are False for ' +
    'the current generation, by type, or its GatewayClass does not exist or is not accepted. Gateways are read ' +
    'where the cluster serves the Gateway API, and those of other namespaces when a route names them.',
  remedies: ['Mend what the condition names.', 'Install the controller of the class.'],
  avoid: ['reading only the first condition: their order means nothing'],

  check: (snapshot) => gateways(snapshot).flatMap((gateway) => findingOf(snapshot, gateway)),
});

interface Fault {
  readonly text: string;
  readonly culprit?: ObjectRef;
  readonly evidence: Evidence;
  readonly fix: string;
}

function findingOf(snapshot: Snapshot, gateway: Gateway): readonly Finding[] {
  const fault = classFault(snapshot, gateway) ?? listenerFault(gateway) ?? ownFault(gateway);
  if (fault === undefined) return [];
  const subject = refOf(gateway);
  return [
    {
      subject,
      problem: fault.text,
      culprit: fault.culprit,
      certainty: 'declared',
      evidence: [fault.evidence],
      since: fault.evidence.at,
      fixes: [{ advice: fault.fix, reason: 'the controller then programs the listeners' }],
      nextCheck: `kubectl get gateway ${subject.name} -n ${subject.namespace} -o yaml`,
    },
  ];
}

function classFault(snapshot: Snapshot, gateway: Gateway): Fault | undefined {
  const name = gateway.spec?.gatewayClassName;
  if (name === undefined) return undefined;
  const culprit: ObjectRef = { kind: 'GatewayClass', name };
  if (snapshot.presence('GatewayClass', undefined, name) === 'absent') {
    return {
      text: `is served by nobody: ${nameOf(culprit)}, its class, does not exist`,
      culprit,
      evidence: { object: refOf(gateway), source: 'spec', text: `spec.gatewayClassName is ${name}` },
      fix: `correct spec.gatewayClassName of ${nameOf(refOf(gateway))}, or install the controller that brings ${name}`,
    };
  }
  const found = gatewayClasses(snapshot).find(({ metadata }) => metadata.name === name);
  const failed = found && failedCondition(found, found.status?.conditions, ['Accepted']);
  return (
    failed && {
      text: `is served by nobody: ${nameOf(culprit)}, its class, is not accepted (${conditionText(failed)})`,
      culprit,
      evidence: {
        object: culprit,
        source: 'status',
        text: `Accepted is False: ${conditionText(failed)}`,
        at: failed.lastTransitionTime,
      },
      fix: `mend ${nameOf(culprit)}: ${conditionText(failed)}`,
    }
  );
}

/** A listener says what is wrong; the Gateway then only says that a listener is (`ListenersNotValid`). */
function listenerFault(gateway: Gateway): Fault | undefined {
  const [first] = (gateway.status?.listeners ?? []).flatMap(({ name, conditions }) => {
    const failed = failedCondition(gateway, conditions, ['ResolvedRefs', 'Accepted', 'Programmed']);
    return failed === undefined ? [] : [{ name, failed }];
  });
  return (
    first && {
      text: `has listener ${first.name} that does not work: ${conditionText(first.failed)}`,
      evidence: {
        object: refOf(gateway),
        source: 'status',
        text: `${first.failed.type} of listener ${first.name} is False: ${conditionText(first.failed)}`,
        at: first.failed.lastTransitionTime,
      },
      fix: `mend listener ${first.name} of ${nameOf(refOf(gateway))}: ${conditionText(first.failed)}`,
    }
  );
}

function ownFault(gateway: Gateway): Fault | undefined {
  const failed = failedCondition(gateway, gateway.status?.conditions, ['Accepted', 'Programmed']);
  return (
    failed && {
      text: `is not ${failed.type?.toLowerCase()}: ${conditionText(failed)}`,
      evidence: {
        object: refOf(gateway),
        source: 'status',
        text: `${failed.type} is False: ${conditionText(failed)}`,
        at: failed.lastTransitionTime,
      },
      fix: `mend what the condition of ${nameOf(refOf(gateway))} names: ${conditionText(failed)}`,
    }
  );
}
