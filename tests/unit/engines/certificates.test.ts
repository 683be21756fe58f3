import { describe, expect, it } from 'vitest';
import { certificateIn, refusalOf } from '../../../src/engines/certificates.ts';
import { anObject, minutesAgo, now } from '../../support/builders.ts';

const facts = { names: ['old.example', '*.shop.example'], notBefore: minutesAgo(60), notAfter: minutesAgo(-60) };
const refusal = (hosts: readonly string[], more: object = {}) =>
  refusalOf({ ...facts, ...more }, hosts, Date.parse(now));

describe('certificateIn', () => {
  it('finds what the reader kept', () => {
    expect(certificateIn(anObject('Secret', 'tls', { certificate: facts }))).toEqual(facts);
  });

  it.each([undefined, null, 7, {}, { names: 'x' }, { names: [], notBefore: 1, notAfter: 2 }])(
    'takes no %j for one',
    (certificate) => {
      expect(certificateIn(anObject('Secret', 'tls', { certificate }))).toBeUndefined();
    },
  );
});

describe('refusalOf', () => {
  it('is silent of names that it covers, in any case', () => {
    expect(refusal(['old.example', 'a.shop.example', 'A.Shop.Example'])).toBeUndefined();
    expect(refusal([])).toBeUndefined();
    expect(refusal(['other.example'], { names: [] })).toBeUndefined();
  });

  it('names hosts that it does not cover', () => {
    expect(refusal(['old.example', 'new.example'])).toBe('is for old.example, *.shop.example, not for new.example');
    expect(refusal(['shop.example'])).toContain('not for shop.example');
    expect(refusal(['a.b.shop.example'])).toContain('not for a.b.shop.example');
  });

  it('names dates that are over or to come', () => {
    expect(refusal(['old.example'], { notAfter: '2026-11-01T00:00:00.000Z' })).toBe('expired on 2026-11-01');
    expect(refusal([], { notBefore: '2027-01-01T00:00:00.000Z' })).toBe('is not valid before 2027-01-01');
  });
});
