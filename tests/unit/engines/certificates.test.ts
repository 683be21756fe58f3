import { describe, expect, it } from 'vitest';
import { certificateText, certificateTrouble, expiringCertificate } from '../../../src/engines/certificates.ts';
import { anObject, minutesAgo, now } from '../../support/builders.ts';

const clock = Date.parse(now);
const days = (count: number): string => minutesAgo(-count * 24 * 60);
const secret = (certificateFacts: unknown) => anObject('Secret', 'shop-tls', { certificateFacts });
const valid = { notBefore: days(-30), notAfter: days(60), names: ['shop.example', '*.shop.example', '10.0.0.1'] };
const trouble = (facts: unknown, hosts: readonly string[] = ['shop.example']) =>
  certificateTrouble(secret(facts), hosts, clock)?.text;

describe('certificateTrouble', () => {
  it.each([
    ['a host that is named', ['shop.example']],
    ['a host that differs in case', ['Shop.Example']],
    ['a host that a wildcard covers', ['www.shop.example']],
    ['a wildcard that is named', ['*.shop.example']],
    ['an address', ['10.0.0.1']],
    ['no host', []],
  ])('is none for %s', (_, hosts) => {
    expect(trouble(valid, hosts)).toBeUndefined();
  });

  it.each([
    ['nothing known', undefined],
    ['a forged text', 'valid'],
    ['a forged null', null],
    ['forged fields', { notAfter: 5, names: 'shop', unreadable: false }],
    ['dates that are none', { notAfter: 'tomorrow', notBefore: 'yesterday' }],
    ['a clock that is a little off', { ...valid, notBefore: days(0.001) }],
  ])('is none with %s', (_, facts) => {
    expect(trouble(facts)).toBeUndefined();
  });

  it('tells when it has expired, and when it begins', () => {
    expect(trouble({ ...valid, notAfter: days(-3) })).toBe(`expired 3 d ago (notAfter ${days(-3)})`);
    expect(trouble({ ...valid, notBefore: days(1) })).toBe(`is not valid before ${days(1)}`);
  });

  it('tells the hosts that it is not for', () => {
    expect(trouble(valid, ['shop.example', 'shop.test', 'a.b.shop.example'])).toBe(
      'is not for shop.test, a.b.shop.example: it is for shop.example, *.shop.example, 10.0.0.1',
    );
    expect(trouble({ ...valid, names: [] })).toContain('it is for no host');
  });

  it('tells what is no certificate', () => {
    expect(trouble({ unreadable: 'it is no X.509 certificate in PEM' })).toBe('holds no certificate in tls.crt');
  });
});

describe('expiringCertificate', () => {
  it.each([
    ['long to live', valid, false],
    ['five days left of ninety', { ...valid, notBefore: days(-85), notAfter: days(5) }, true],
    ['five days left of six, as short-lived ones have', { ...valid, notBefore: days(-1), notAfter: days(5) }, false],
    ['expired', { ...valid, notAfter: days(-1) }, false],
    ['no dates', {}, false],
  ])('with %s', (_, facts, expected) => {
    expect(expiringCertificate(secret(facts), clock) !== undefined).toBe(expected);
  });
});

describe('certificateText', () => {
  it('says what is known', () => {
    expect(certificateText(secret({ ...valid, issuer: 'CN=Root' }))).toBe(
      `issuer CN=Root, notBefore ${valid.notBefore}, notAfter ${valid.notAfter}, for shop.example, *.shop.example, 10.0.0.1`,
    );
    expect(certificateText(secret(undefined))).toBe('');
  });
});
