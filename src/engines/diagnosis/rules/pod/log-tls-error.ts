import { configuredTexts } from '../../../configured.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { type LogFault, logFindings, textOf } from '../../log-finding.ts';
import { defineRule, type Fix } from '../../rule.ts';

export const logTlsError = defineRule({
  id: 'log-tls-error',
  title: 'A TLS connection fails',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'The other side is reached, but its certificate is not accepted, or it does not speak TLS there.',
  detection:
    'The log line that tells most about a crash, or about a readiness check that answers with an error, or that a ' +
    'ready container repeats up to now, says so in known words: "x509:", "PKIX path building failed", ' +
    'CERTIFICATE_VERIFY_FAILED, UNABLE_TO_VERIFY_LEAF_SIGNATURE, "wrong version number". An expired certificate, an ' +
    'unknown authority, a wrong name and a port without TLS are told apart.',
  remedies: ['Renew the certificate of the other side.', 'Mount the authority that signed it.'],
  avoid: ['switching verification off: anyone could then stand in between'],

  check: (snapshot) =>
    logFindings(snapshot, 'log-tls-error', (fault) => {
      const { says, fix } = reasonOf(snapshot, fault);
      return { clause: says === undefined ? '' : ` (${says})`, fixes: [fix] };
    }),
});

function reasonOf(snapshot: Snapshot, fault: LogFault): { readonly says?: string; readonly fix: Fix } {
  const text = textOf(fault);
  const peer = peerIn(text);
  const whose = peer === undefined ? 'of the other side' : `of ${peer}`;
  if (fault.signature === 'certificate-expired' || /NotTimeValid|not yet valid/i.test(text)) {
    const own = peer === undefined ? ownCertificate(snapshot, fault) : undefined;
    if (own !== undefined) {
      return {
        says: `it takes a certificate from ${own}`,
        fix: {
          advice: `renew the certificate in ${own}, when it is that one, and restart what has read it`,
          reason: 'it has expired; the log names no other side',
        },
      };
    }
    return {
      ...(peer === undefined ? {} : { says: `the certificate ${whose}` }),
      fix: { advice: `renew the certificate ${whose}`, reason: 'it has expired; check the clocks when it has not' },
    };
  }
  if (/wrong[_ ]version[_ ]number|first record does not look|HTTP response to HTTPS/i.test(text)) {
    return {
      says: `${peer ?? 'the other side'} does not speak TLS on that port`,
      fix: { advice: `use the TLS port ${whose}, or a URL without TLS`, reason: 'what answers there is no TLS' },
    };
  }
  if (
    /is valid for|doesn't match|does not match|ERR_TLS_CERT_ALTNAME|No subject alternative|RemoteCertificateNameMismatch/i.test(
      text,
    )
  ) {
    return {
      fix: {
        advice: `call the other side by a name of its certificate, or renew the certificate ${whose} with that name`,
        reason: 'the certificate is for another name',
      },
    };
  }
  return {
    ...(peer === undefined ? {} : { says: `the certificate ${whose}` }),
    fix: {
      advice: `mount the authority that signed the certificate ${whose} into container ${fault.container.name}, and let its runtime trust it`,
      reason: 'the container does not know who signed it',
    },
  };
}

/** Where the one certificate stands that the container takes from ConfigMaps; bundles of authorities are left out. */
function ownCertificate(snapshot: Snapshot, fault: LogFault): string | undefined {
  const [only, ...others] = configuredTexts(snapshot, fault).filter(
    ({ field, text }) => text.split(pemCertificate).length === 2 && !authorities.test(field),
  );
  return others.length === 0 ? only?.field : undefined;
}

const pemCertificate = '-----BEGIN CERTIFICATE-----';
const authorities = /\bca\b|\broot|bundle|trust/i;

/** The host of a URL, or of a dialled address. */
const peerIn = (text: string): string | undefined =>
  /\bhttps:\/\/([\w.-]+(?::\d+)?)/.exec(text)?.[1] ??
  /\b(?:host|peer|server|to|dial tcp)[ =:"']+([a-z][\w-]*(?:\.[\w-]+)+(?::\d+)?)/i.exec(text)?.[1];
