import { describe, expect, it } from 'vitest';
import { certificateFactsOf } from '../../../src/kubernetes/certificate-facts.ts';
import { slimmed } from '../../../src/kubernetes/slim.ts';
import { anObject } from '../../support/builders.ts';
import { selfSigned } from '../../support/self-signed.ts';

const { cert, key } = selfSigned({
  names: ['shop.example', '*.shop.example'],
  notAfter: new Date('2027-05-01T00:00:00Z'),
});
const base64 = (text: string) => Buffer.from(text).toString('base64');
const secret = (data: object) => anObject('Secret', 'shop-tls', { type: 'kubernetes.io/tls', data });
const pair = secret({ 'tls.crt': base64(cert), 'tls.key': base64(key) });
const facts = {
  subject: 'CN=kubemend test',
  issuer: 'CN=kubemend test',
  notBefore: '2020-01-01T00:00:00Z',
  notAfter: '2027-05-01T00:00:00Z',
  names: ['shop.example', '*.shop.example', '127.0.0.1'],
};

describe('certificateFactsOf', () => {
  it('tells what is public about a certificate', () => {
    expect(certificateFactsOf(pair)).toEqual(facts);
  });

  it('takes the first of a chain', () => {
    const chain = cert + selfSigned({ names: ['authority.example'] }).cert;

    expect(certificateFactsOf(secret({ 'tls.crt': base64(chain) }))).toEqual(facts);
  });

  it('leaves out names that are too many to be kept', () => {
    const many = selfSigned({ names: Array.from({ length: 300 }, (_, index) => `host-${index}.example`) });

    expect(certificateFactsOf(secret({ 'tls.crt': base64(many.cert) }))).toMatchObject({ notBefore: facts.notBefore });
    expect(certificateFactsOf(secret({ 'tls.crt': base64(many.cert) }))).not.toHaveProperty('names');
  });

  it.each([
    ['text', base64('no certificate')],
    ['a private key', base64(key)],
    ['bytes that are no base64', '%%%'],
  ])('says of %s that it is no certificate', (_, text) => {
    expect(certificateFactsOf(secret({ 'tls.crt': text }))).toEqual({ unreadable: expect.stringContaining('X.509') });
  });

  it.each([
    ['a Secret without a certificate', secret({ password: base64('x') })],
    ['a Secret without data', anObject('Secret', 'empty')],
    ['a Secret whose values are hidden', secret({ 'tls.crt': '[REDACTED:secret#0a1b2c]' })],
    ['an empty value', secret({ 'tls.crt': '' })],
    ['a value beyond all measure', secret({ 'tls.crt': 'A'.repeat(300_000) })],
    ['a ConfigMap', anObject('ConfigMap', 'ca', { data: { 'tls.crt': base64(cert) } })],
  ])('says nothing of %s', (_, object) => {
    expect(certificateFactsOf(object)).toBeUndefined();
  });
});

describe('slimmed', () => {
  it('keeps the facts and hides certificate and key', () => {
    const kept = slimmed(pair);

    expect(kept).toMatchObject({ certificateFacts: facts });
    expect(JSON.stringify(kept)).not.toContain(base64(cert).slice(0, 40));
    expect(JSON.stringify(kept)).not.toContain(base64(key).slice(0, 40));
  });

  it('keeps them when a snapshot is read again', () => {
    expect(slimmed(slimmed(pair))).toMatchObject({ certificateFacts: facts });
  });
});
