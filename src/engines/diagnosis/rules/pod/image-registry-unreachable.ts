import { formatDuration, minute } from '../../../durations.ts';
import { parseImage } from '../../../images.ts';
import { type Pod, refOf } from '../../../objects.ts';
import { brokenPods } from '../../../pod-groups.ts';
import { containersOf } from '../../../pods.ts';
import { type RegistryFailure, registryFailures } from '../../../registries.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { nodeOf, registryFinding } from '../../registry-finding.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

export const imageRegistryUnreachable = defineRule({
  id: 'image-registry-unreachable',
  title: 'The registry does not answer',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'The node cannot talk to the registry: it is down, or a firewall, a proxy or a route is in the way.',
  detection:
    'A pull fails with "connection refused", a timeout, "no route to host", "proxyconnect", "EOF" or a 5xx answer, or ' +
    'the container waits with RegistryUnavailable; or a pull began 10 minutes ago and nothing was said since. Nodes that fail are compared with nodes that pulled from the same ' +
    'registry meanwhile.',
  remedies: ['Mend the registry or the way to it; a mirror helps meanwhile.'],
  avoid: ['restarting many pods: nodes then lose the images that they have'],

  check: (snapshot) => [
    ...registryFailures(snapshot, 'image-registry-unreachable').map((failure) => {
      const address = addressOf(failure);
      return registryFinding(snapshot, failure, {
        says: `${address} ${complaintOf(failure.message)}`,
        fix: fixOf(failure, address),
        nextCheck: `curl -v https://${address}/v2/ on ${nodeOf(failure)}`,
      });
    }),
    ...brokenPods(snapshot).flatMap((pod) => endlessPulls(snapshot, pod)),
  ],
});

/** A pull that is under way for longer than this is not a big image but a registry that took the connection and is silent. */
const patience = 10 * minute;

/** containerd waits without limit for an answer, and nothing is said meanwhile: the event Pulling is the only trace. */
function endlessPulls(snapshot: Snapshot, pod: Pod): readonly Finding[] {
  return containersOf(pod).flatMap(({ name, spec, status }) => {
    if (status?.state?.waiting?.reason !== 'ContainerCreating') return [];
    const last = snapshot
      .eventsAbout(pod)
      .findLast(({ reason, container }) => container === name && ['Pulling', 'Pulled', 'Failed'].includes(reason));
    if (last?.reason !== 'Pulling' || last.last === undefined || snapshot.now - last.last < patience) return [];
    const image = spec.image ?? '';
    const { host } = parseImage(image);
    return [
      {
        subject: refOf(pod),
        container: name,
        problem: `cannot pull ${image}: the pull began and does not end; ${host} does not answer, or it is very slow`,
        culprit: { kind: 'Registry', name: host },
        certainty: 'inferred' as const,
        evidence: [
          { object: refOf(pod), source: 'event' as const, text: last.message, at: last.at },
          {
            object: refOf(pod),
            source: 'recomputed' as const,
            text: `neither Pulled nor Failed for ${formatDuration(snapshot.now - last.last)}`,
          },
        ],
        since: last.at,
        fixes: [
          {
            advice: `check that ${host} answers the nodes`,
            reason: 'the node waits for it without saying so',
          },
        ],
        missingEvidence: [`the size of ${image}`],
        nextCheck: `crictl pull ${image} on ${nodeOf({ pod })}`,
      },
    ];
  });
}

/** Host and port that were tried: of a redirect, a mirror or a proxy too. */
function addressOf({ message, host }: RegistryFailure): string {
  const tried = /\b(https?):\/\/([^/"\s]+)/.exec(message);
  const name = tried?.[2] ?? host;
  return name.includes(':') ? name : `${name}:${tried?.[1] === 'http' ? 80 : 443}`;
}

const fixOf = ({ culprit }: RegistryFailure, address: string): Fix =>
  culprit.kind === 'Node'
    ? {
        advice: `kubectl cordon ${culprit.name}, then mend its way to ${address}`,
        reason: 'other nodes reach the registry',
      }
    : {
        advice: `check that ${address} runs and that firewall and proxy let the nodes through`,
        reason: 'pulls are retried by themselves as soon as it answers',
      };

const complaints: readonly (readonly [RegExp, string])[] = [
  [/proxyconnect/i, 'cannot be reached through the proxy'],
  [/connection refused/i, 'refuses connections'],
  [/no route to host|network is unreachable/i, 'cannot be routed to'],
  [/i\/o timeout|deadline exceeded|timeout/i, 'does not answer in time'],
  [/connection reset|\bEOF\b/i, 'closes the connection'],
];

function complaintOf(message: string): string {
  const status = /\b(5\d\d)(?: ([A-Z][A-Za-z ]+))?/.exec(message)?.[0].trim();
  const known = complaints.find(([pattern]) => pattern.test(message))?.[1];
  return known ?? (status === undefined ? 'is not available' : `answers ${status}`);
}
