import { type RegistryFailure, registryFailures } from '../../../registries.ts';
import { nodeOf, registryFinding } from '../../registry-finding.ts';
import { defineRule, type Fix } from '../../rule.ts';

export const imageRegistryTls = defineRule({
  id: 'image-registry-tls',
  title: "The registry's certificate is not accepted",
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'The node and the registry do not come to a trusted connection, so nothing is pulled from it.',
  detection:
    'A pull fails with "x509:", "tls:" or "server gave HTTP response to HTTPS client". Expired, untrusted and ' +
    'misnamed certificates and plain HTTP are told apart; nodes that pulled from the registry meanwhile are named.',
  remedies: ["Renew the registry's certificate.", "Install the registry's CA on the nodes."],
  avoid: ['declaring the registry insecure unattended'],

  check: (snapshot) =>
    registryFailures(snapshot, 'image-registry-tls').map((failure) =>
      registryFinding(snapshot, failure, {
        ...faultOf(failure),
        nextCheck: `openssl s_client -connect ${failure.host}:443 and the clock of ${nodeOf(failure)}`,
      }),
    ),
});

function faultOf({ host, message, culprit }: RegistryFailure): { readonly says: string; readonly fix: Fix } {
  if (/HTTP response to HTTPS client/i.test(message)) {
    return {
      says: `${host} speaks plain HTTP where HTTPS is expected`,
      fix: { advice: `serve ${host} over HTTPS`, reason: 'runtimes pull over HTTPS unless told otherwise' },
    };
  }
  if (/is not yet valid: current time \S+ is before/i.test(message)) {
    return {
      says: `the certificate of ${host} is not valid yet for the clock of the node`,
      fix: { advice: 'set the clock of the node', reason: 'the certificate begins later than the time of the node' },
    };
  }
  if (/has expired/i.test(message)) {
    const end = /is after (\d{4}-\d\d-\d\dT[\d:]+Z)/.exec(message)?.[1];
    return {
      says: `the certificate of ${host} has expired${end === undefined ? '' : ` (${end})`}`,
      fix:
        culprit.kind === 'Node'
          ? { advice: `set the clock of ${culprit.name}`, reason: 'other nodes accept the certificate' }
          : { advice: `renew the certificate of ${host}`, reason: 'it has expired' },
    };
  }
  if (/unknown authority|self-signed|self signed/i.test(message)) {
    return {
      says: `the certificate of ${host} is signed by an authority that the node does not trust`,
      fix: {
        advice: `install the CA of ${host} on the nodes (certs.d of the runtime)`,
        reason: 'it is not trusted there',
      },
    };
  }
  const words = /(?:x509|tls): [^"]{1,160}/.exec(message)?.[0] ?? 'TLS fails';
  return {
    says: `${host} and the node do not agree on TLS (${words})`,
    fix: { advice: `correct the certificate of ${host}`, reason: words },
  };
}
