import { describe, expect, it } from 'vitest';
import { select, slim } from '../../../../src/tools/report/slim.ts';
import { anObject } from '../../../support/builders.ts';

describe('slim', () => {
  it('drops managed fields, copies and empty parts', () => {
    const object = anObject('ConfigMap', 'api', {
      metadata: {
        managedFields: [{ manager: 'kubectl' }],
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"password":"x"}', team: 'a' },
      },
      data: { KEY: 'value' },
      binaryData: {},
      immutable: null,
    });

    expect(slim(object)).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'api',
        namespace: 'shop',
        uid: 'uid-ConfigMap-api',
        creationTimestamp: object.metadata.creationTimestamp,
        annotations: { team: 'a' },
      },
      data: { KEY: 'value' },
    });
  });

  it('drops annotations altogether when only copies were there', () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' };

    expect(slim(anObject('ConfigMap', 'api', { metadata: { annotations } }))['metadata']).not.toHaveProperty(
      'annotations',
    );
  });

  it('never shows a value of a Secret, whatever the reader left', () => {
    const secret = anObject('Secret', 'db', {
      type: 'Opaque',
      data: { password: 'aHVudGVyMg==', url: '[REDACTED:secret#ab12cd]', odd: '[REDACTED:x] hunter2' },
      stringData: { token: 'hunter2' },
    });

    expect(slim(secret)).toMatchObject({
      type: 'Opaque',
      data: { password: '[REDACTED]', url: '[REDACTED:secret#ab12cd]', odd: '[REDACTED]' },
      stringData: { token: '[REDACTED]' },
    });
  });
});

describe('select', () => {
  const object = {
    metadata: { labels: { 'app.kubernetes.io/name': 'api', plain: 'x' } },
    spec: { replicas: 0, containers: [{ name: 'a', image: 'i1' }, { name: 'b' }] },
  };

  it.each([
    ['spec.replicas', 0],
    ['spec.containers[0].image', 'i1'],
    ['spec.containers.1.name', 'b'],
    ['spec.containers.name', ['a', 'b']],
    ['spec.containers[*].image', ['i1']],
    ['metadata.labels["app.kubernetes.io/name"]', 'api'],
    ["metadata.labels['plain']", 'x'],
    ['spec.containers.ports', undefined],
    ['spec.nothing.there', undefined],
    ['spec.containers[7]', undefined],
    ['constructor.name', undefined],
    ['__proto__', undefined],
  ])('%s is %j', (path, expected) => {
    expect(select(object, path)).toEqual(expected);
  });
});
