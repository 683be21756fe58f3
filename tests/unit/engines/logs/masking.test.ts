import { describe, expect, it } from 'vitest';
import { mask, maskIds } from '../../../../src/engines/logs/masking.ts';

describe('mask', () => {
  it.each([
    ['at 2026-11-23T12:00:00.123Z attempt 3 of 5', 'at <time> attempt <n> of <n>'],
    ['pod api-7d9fc6b5d4-x2xkq died', 'pod api-<pod> died'],
    ['request 6ae2d541-2c04-46a3-98c7-906f95741729 failed', 'request <id> failed'],
    ['panic at 0xc000123456', 'panic at <hex>'],
    ['dial tcp 10.0.0.1:43210->10.0.0.2:5432: refused', 'dial tcp <ip>-><ip>:5432: refused'],
    ['container 3b978940cce20c56 is gone after 30.5s', 'container <hex> is gone after <n>s'],
  ])('makes replicas equal: %s', (text, masked) => {
    expect(mask(text)).toBe(masked);
  });

  it.each([
    'listen tcp :8080: bind: address already in use',
    'exit code 3',
    'HTTP 503 from /v1/items',
    'missing environment variable S3_BUCKET_2',
    'listens on 127.0.0.1:8080',
    'needs version 1.2.3.4 of the schema',
    'facade decade',
  ])('keeps what says what is wrong: %s', (text) => {
    expect(mask(text)).toBe(text);
  });
});

describe('maskIds', () => {
  it('keeps numbers', () => {
    expect(maskIds('migration 0042 of 6ae2d541-2c04-46a3-98c7-906f95741729 failed after 3 tries')).toBe(
      'migration 0042 of <id> failed after 3 tries',
    );
  });
});
