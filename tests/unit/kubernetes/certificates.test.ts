import { describe, expect, it } from 'vitest';
import { certificateFacts } from '../../../src/kubernetes/certificates.ts';
import { slimmed } from '../../../src/kubernetes/slim.ts';

/** Self-signed, for a hundred years; nobody has its key. */
const pem = [
  '-----BEGIN CERTIFICATE-----',
  'MIIBsTCCAVigAwIBAgIUVjxxxINZ7L0zEzXDr0U9moLGM7gwCgYIKoZIzj0EAwIw',
  'FjEUMBIGA1UEAwwLb2xkLmV4YW1wbGUwIBcNMjYxMTI2MTUwNTIyWhgPMjEyNjEx',
  'MDIxNTA1MjJaMBYxFDASBgNVBAMMC29sZC5leGFtcGxlMFkwEwYHKoZIzj0CAQYI',
  'KoZIzj0DAQcDQgAEudJEI2esVvbyrYdGCsI1TgqMqSN+bTdEykTD7UWhLmdr7/nJ',
  'c954O/A0CCYe0Z73iiFn9Gqj3/vhls1nFXJENaOBgTB/MB0GA1UdDgQWBBTCnSA0',
  'vBUv2uXQMq6f+4swNMrlZzAfBgNVHSMEGDAWgBTCnSA0vBUv2uXQMq6f+4swNMrl',
  'ZzAPBgNVHRMBAf8EBTADAQH/MCwGA1UdEQQlMCOCC29sZC5leGFtcGxlgg4qLnNo',
  'b3AuZXhhbXBsZYcEwAACBzAKBggqhkjOPQQDAgNHADBEAiB001nppnQOZmCHuI7B',
  '/8m9N7vN5EtvaBbkS38uADvD/wIgaw73O5OFPEiDENq2ukNxLbBRIfAlbBn2JruB',
  'EDA8p0c=',
  '-----END CERTIFICATE-----',
  '',
].join('\n');
const encoded = Buffer.from(pem).toString('base64');
const names = ['old.example', '*.shop.example', '192.0.2.7'];

describe('certificateFacts', () => {
  it('tells the alternative names and the dates', () => {
    expect(certificateFacts(encoded)).toMatchObject({ names, notAfter: expect.stringMatching(/^21\d\d-/) });
  });

  it.each([undefined, 7, '', 'bm8gY2VydGlmaWNhdGU='])('says nothing of %s', (value) => {
    expect(certificateFacts(value)).toBeUndefined();
  });

  it('says nothing of what is far too long', () => {
    expect(certificateFacts(encoded.repeat(300))).toBeUndefined();
  });
});

describe('a Secret that is kept', () => {
  it('has the facts of its certificate, and no value', () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'tls' },
      data: { 'tls.crt': encoded, 'tls.key': 'c2VjcmV0' },
    };

    const kept = slimmed(secret);

    expect(kept).toMatchObject({ certificate: { names } });
    expect(JSON.stringify(kept)).not.toContain(encoded);
    expect(JSON.stringify(kept)).not.toContain('c2VjcmV0');
  });
});
