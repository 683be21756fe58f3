import {
  type AuthorizationPolicy,
  authorizationPoliciesOf,
  hasProxy,
  principalOf,
  type RefusedRequest,
  refusedRequests,
} from '../../../network/mesh.ts';
import { listed } from '../../../network/words.ts';
import { nameOf, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const meshPolicyDenies = defineRule({
  id: 'mesh-policy-denies',
  title: 'The service mesh refuses a request',
  area: 'service',
  class: 'cause',
  severity: 'high',
  meaning: 'Both ends work, but the proxy in front of the server lets only others call it.',
  detection:
    'The log of a container that is not ready, crashes, or repeats it up to now quotes the answer of the proxy, "RBAC: access denied". The ' +
    'Service is the one that its environment names; the AuthorizationPolicies that hold for its pods are named, and ' +
    'whether the client has a proxy, without which it has no identity. They are read only then.',
  remedies: [
    'Allow the identity of the client in the AuthorizationPolicy.',
    'Inject the proxy into the client when it has none.',
  ],
  avoid: ['turning mTLS off: identities are lost for everyone', 'deleting the policy: it protects the server'],

  check: (snapshot) => refusedRequests(snapshot).map((request) => findingOf(snapshot, request)),
});

function findingOf(snapshot: Snapshot, request: RefusedRequest): Finding {
  const { pod, container, words, server } = request;
  const subject = refOf(pod);
  const policies = server === undefined ? [] : authorizationPoliciesOf(snapshot, server);
  const [policy] = policies;
  const names = listed(
    policies.map((each) => nameOf(refOf(each))),
    'and',
  );
  const target = server === undefined ? 'a server' : nameOf(server);
  const identity = hasProxy(pod) ? '' : '; its pod has no proxy of the mesh, so it has no identity there';
  return {
    subject,
    container: container.name,
    problem: `is refused by the mesh: ${target} answers "RBAC: access denied"${names === '' ? '' : `, and ${names} decides who may call it`}${identity}`,
    ...(policies.length === 1 && policy !== undefined && { culprit: refOf(policy) }),
    certainty: 'message',
    evidence: [
      { object: subject, source: 'log', text: words.text.slice(0, 300), at: words.at },
      ...policies.slice(0, 3).map((each) => ({ object: refOf(each), source: 'spec' as const, text: policyText(each) })),
      { object: subject, source: 'spec', text: `the identity of the client would be ${principalOf(pod)}` },
    ],
    fixes: [
      ...(hasProxy(pod)
        ? []
        : [
            {
              advice: 'inject the proxy of the mesh into the client, and restart it',
              reason: 'rules about principals match nobody without one',
            },
          ]),
      {
        advice: `allow principal ${principalOf(pod)} in ${policy === undefined ? `an AuthorizationPolicy for ${target}` : nameOf(refOf(policy))}`,
        reason: 'the proxy of the server then lets it through',
      },
    ],
    ...(server !== undefined && { dependsOn: [server] }),
    missingEvidence: policies.length === 0 ? ['the AuthorizationPolicies of the namespace of the server'] : [],
    nextCheck: `kubectl get authorizationpolicies -n ${server?.namespace ?? pod.metadata.namespace}`,
  };
}

function policyText({ spec }: AuthorizationPolicy): string {
  const rules = spec?.rules?.length ?? 0;
  return `action ${spec?.action ?? 'ALLOW'} with ${rules} ${rules === 1 ? 'rule' : 'rules'}`;
}
