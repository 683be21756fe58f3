import { describe, expect, it } from 'vitest';
import { fieldNaming } from '../../../src/engines/configured.ts';
import { containersOf } from '../../../src/engines/pods.ts';
import { aContainer, anObject, aPod, aSnapshot } from '../../support/builders.ts';

const config = anObject('ConfigMap', 'conf', {
  data: { DB_HOST: 'postgres-primay', URL: 'http://api.shop:80/x', 'default.conf': 'proxy_pass http://api-svc:8080;' },
});

function naming(host: string, container: object, spec: Readonly<Record<string, unknown>> = {}) {
  const pod = aPod('api', { spec, containers: [aContainer('app', container as never)] });
  const [first] = containersOf(pod);
  return first && fieldNaming(aSnapshot({ objects: [pod, config] }), { pod, container: first }, host);
}

const all = { envFrom: [{ configMapRef: { name: 'conf' } }] };

describe('fieldNaming', () => {
  it.each([
    ['a variable of envFrom', 'postgres-primay', all, {}, 'key DB_HOST of ConfigMap/conf'],
    [
      'a variable of its own',
      'api.shop',
      { env: [{ name: 'API', valueFrom: { configMapKeyRef: { name: 'conf', key: 'URL' } } }] },
      {},
      'key URL of ConfigMap/conf',
    ],
    [
      'a mounted file',
      'api-svc',
      { volumeMounts: [{ name: 'c', mountPath: '/etc/nginx' }] },
      { volumes: [{ name: 'c', configMap: { name: 'conf', items: [{ key: 'default.conf', path: 'd' }] } }] },
      'key default.conf of ConfigMap/conf',
    ],
  ])('finds a host in %s', (_, host, container, spec, field) => {
    expect(naming(host, container, spec)).toBe(field);
  });

  it.each([
    ['a part of another name', 'postgres', all],
    ['a name that stands nowhere', 'redis', all],
    ['a ConfigMap that was not read', 'api', { envFrom: [{ configMapRef: { name: 'other' } }] }],
  ])('does not take %s', (_, host, container) => {
    expect(naming(host, container)).toBeUndefined();
  });
});
