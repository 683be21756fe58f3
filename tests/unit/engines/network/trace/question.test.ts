import { describe, expect, it } from 'vitest';
import { destinationOf } from '../../../../../src/engines/network/trace/question.ts';

const service = (namespace: string, name: string, port?: string) => ({
  kind: 'service',
  ref: { kind: 'Service', namespace, name },
  port,
});

describe('a destination', () => {
  it.each([
    ['ingress/shop', { kind: 'route', ref: { kind: 'Ingress', namespace: 'shop', name: 'shop' } }],
    ['ing/shop', { kind: 'route', ref: { kind: 'Ingress', namespace: 'shop', name: 'shop' } }],
    ['HTTPRoute/web', { kind: 'route', ref: { kind: 'HTTPRoute', namespace: 'shop', name: 'web' } }],
    ['svc/db:5432', service('shop', 'db', '5432')],
    ['service/db:http', service('shop', 'db', 'http')],
    ['shop-data/queue:5672', service('shop-data', 'queue', '5672')],
    ['db', service('shop', 'db')],
    ['db:5432', service('shop', 'db', '5432')],
    ['queue.shop-data.svc:5672', service('shop-data', 'queue', '5672')],
    ['shop.example/cart?x=1', { kind: 'url', host: 'shop.example', path: '/cart' }],
    ['https://Shop.example', { kind: 'url', host: 'shop.example', path: '/' }],
    ['/cart', { kind: 'url', host: '*', path: '/cart' }],
  ])('from outside is read from %s', (text, expected) => {
    expect(destinationOf(text, 'shop', false)).toEqual(expected);
  });

  it.each([
    ['db', { kind: 'host', host: 'db', port: undefined }],
    ['http://queue.shop-data.svc:5672/x', { kind: 'host', host: 'queue.shop-data.svc', port: '5672' }],
    ['example.com:443', { kind: 'host', host: 'example.com', port: '443' }],
    ['10.96.0.10:53', { kind: 'host', host: '10.96.0.10', port: '53' }],
    ['shop-data/queue:5672', service('shop-data', 'queue', '5672')],
  ])('from inside is read from %s', (text, expected) => {
    expect(destinationOf(text, 'shop', true)).toEqual(expected);
  });

  it.each(['', 'a b', 'db:port:5', '::'])('is not read from %j', (text) => {
    expect(destinationOf(text, 'shop', true)).toBeUndefined();
  });
});
