import { describe, expect, it } from 'vitest';
import { ownPath } from '../../../../src/transports/console/trip.ts';

describe('where a person comes back to', () => {
  it.each(['/ui', '/ui?namespace=shop&cause=a%2Fb', '/ui?view=timeline#main'])(
    'is the page with what it showed: %s',
    (path) => {
      expect(ownPath(path)).toBe(path);
    },
  );

  it.each([
    undefined,
    '',
    'https://evil.example/ui',
    '//evil.example/ui',
    '/\\evil.example/ui',
    'javascript:alert(1)',
    '/docs',
    '/ui/../docs',
    '/ui/callback?code=x',
    'http://',
    'http://console.invalid:1/ui',
  ])('is the page alone instead of %s', (path) => {
    expect(ownPath(path)).toBe('/ui');
  });

  it('has no line breaks that would begin another header', () => {
    expect(ownPath('/ui?x=a\r\nSet-Cookie:%20b')).not.toMatch(/[\r\n]/);
  });
});
