import { describe, expect, it } from 'vitest';
import { absentFileAt } from '../../../src/engines/mounted-files.ts';
import { containersOf } from '../../../src/engines/pods.ts';
import { aContainer, anObject, aPod, aSnapshot } from '../../support/builders.ts';

const config = anObject('ConfigMap', 'conf', { data: { 'app.yaml': 'a: 1', 'log.yaml': 'b: 2' } });
const certs = anObject('Secret', 'certs', { data: { 'tls.crt': 'eA==' } });
const mount = (mountPath: string, more: object = {}) => ({ name: 'v', mountPath, ...more });

function absent(path: string, volume: object, volumeMount: object = mount('/etc/app')) {
  const pod = aPod('api', {
    spec: { volumes: [{ name: 'v', ...volume }] },
    containers: [aContainer('app', { volumeMounts: [volumeMount] })],
  });
  const [container] = containersOf(pod);
  return container && absentFileAt(aSnapshot({ objects: [pod, config, certs] }), { pod, container }, path);
}

describe('absentFileAt', () => {
  it.each([
    ['a file that is there', '/etc/app/app.yaml', { configMap: { name: 'conf' } }],
    ['a path outside of the mount', '/srv/app.yml', { configMap: { name: 'conf' } }],
    ['the mount itself', '/etc/app', { configMap: { name: 'conf' } }],
    ['an emptyDir', '/etc/app/app.yml', { emptyDir: {} }],
    ['an object that was not read', '/etc/app/app.yml', { configMap: { name: 'other' } }],
    ['a projected token', '/etc/app/app.yml', { projected: { sources: [{ serviceAccountToken: {} }] } }],
    [
      'a folder of items',
      '/etc/app/d',
      { configMap: { name: 'conf', items: [{ key: 'app.yaml', path: 'd/a.yaml' }] } },
    ],
  ])('finds nothing wrong with %s', (_, path, volume) => {
    expect(absent(path, volume)).toBeUndefined();
  });

  it('names the key that is not there, and those that are', () => {
    expect(absent('/etc/app/app.yml', { configMap: { name: 'conf' } })).toMatchObject({
      file: 'app.yml',
      volume: 'v',
      object: { kind: 'ConfigMap', name: 'conf' },
      picked: false,
      present: ['app.yaml', 'log.yaml'],
    });
  });

  it('tells a key that items leave out', () => {
    const items = [{ key: 'app.yaml', path: 'app.yaml' }];

    expect(absent('/etc/app/log.yaml', { configMap: { name: 'conf', items } })).toMatchObject({
      picked: true,
      unpicked: ['log.yaml'],
    });
  });

  it('takes a subPath for the key', () => {
    const volume = { secret: { secretName: 'certs' } };

    expect(absent('/tls.pem', volume, mount('/tls.pem', { subPath: 'tls.pem' }))).toMatchObject({
      file: 'tls.pem',
      object: { kind: 'Secret', name: 'certs' },
    });
  });

  it('looks into all sources of a projected volume', () => {
    const sources = [{ configMap: { name: 'conf' } }, { secret: { name: 'certs' } }];

    expect(absent('/etc/app/ca.crt', { projected: { sources } })?.present).toEqual(['app.yaml', 'log.yaml', 'tls.crt']);
  });
});
