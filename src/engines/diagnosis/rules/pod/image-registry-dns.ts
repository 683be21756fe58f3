import { specPath } from '../../../pods.ts';
import { type RegistryFailure, registryFailures, similarHost } from '../../../registries.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { nodeOf, registryFinding } from '../../registry-finding.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

export const imageRegistryDns = defineRule({
  id: 'image-registry-dns',
  title: "The registry's name does not resolve",
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: "The node cannot resolve the registry's host name: it is misspelt, or the name service of the node fails.",
  detection:
    'A pull fails with "lookup HOST" and "no such host" (the name is unknown), or "server misbehaving" and timeouts of ' +
    'port 53 (the resolver fails). It is the resolver of the node, not CoreDNS. Similar hosts that other images come ' +
    'from are named, and nodes that pulled from the host meanwhile.',
  remedies: [
    'Correct the host in the image reference.',
    "Mend the node's resolver when names of other registries fail too.",
  ],
  avoid: ['blaming CoreDNS: kubelet and runtime use the resolver of the node'],

  check: (snapshot) => registryFailures(snapshot, 'image-registry-dns').map((failure) => findingOf(snapshot, failure)),
});

function findingOf(snapshot: Snapshot, failure: RegistryFailure): Finding {
  const host = /\blookup ([^\s:]+)/.exec(failure.message)?.[1] ?? failure.host;
  const unknown = /no such host/i.test(failure.message);
  const near = unknown ? similarHost(snapshot, host) : undefined;
  return registryFinding(snapshot, failure, {
    says: unknown
      ? `no such host as ${host}${near ? ` (other images come from ${near})` : ''}`
      : `the resolver of the node fails for ${host}`,
    fix: fixOf(failure, host, unknown, near),
    nextCheck: `resolve ${host} on ${nodeOf(failure)}`,
  });
}

function fixOf(failure: RegistryFailure, host: string, unknown: boolean, near: string | undefined): Fix {
  const { container, culprit } = failure;
  if (culprit.kind === 'Node') {
    return { advice: `kubectl cordon ${culprit.name}, then mend its resolver`, reason: `other nodes resolve ${host}` };
  }
  if (!unknown)
    return {
      advice: `mend the resolver of ${nodeOf(failure)} (/etc/resolv.conf)`,
      reason: `it does not answer for ${host}`,
    };
  return {
    advice: `correct the host in ${specPath(container)}.image${near ? ` to ${near}` : ''}`,
    reason: 'the name server knows no such name',
  };
}
