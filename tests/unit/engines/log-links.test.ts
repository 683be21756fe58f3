import { describe, expect, it } from 'vitest';
import { credentialLinks, linksOf } from '../../../src/engines/log-links.ts';
import { containersOf } from '../../../src/engines/pods.ts';
import { aContainer, anObject, aPod, aSnapshot } from '../../support/builders.ts';

const pod = aPod('api', {
  containers: [
    aContainer('app', {
      env: [
        { name: 'DB_USER', value: 'shop' },
        { name: 'DB_HOST', value: 'db' },
        { name: 'API_TOKEN', valueFrom: { secretKeyRef: { name: 'api', key: 'token' } } },
        { name: 'LOG_LEVEL', valueFrom: { configMapKeyRef: { name: 'settings', key: 'level' } } },
      ],
      envFrom: [{ secretRef: { name: 'more' } }],
      volumeMounts: [
        { name: 'config', mountPath: '/etc/app' },
        { name: 'data', mountPath: '/data' },
      ],
    }),
  ],
  spec: {
    volumes: [
      { name: 'config', configMap: { name: 'settings' } },
      { name: 'data', persistentVolumeClaim: { claimName: 'data-0' } },
    ],
  },
});
const snapshot = aSnapshot({
  complete: ['Service', 'EndpointSlice'],
  objects: [anObject('Service', 'db', { spec: { clusterIP: '10.96.0.12' } })],
});
const [container] = containersOf(pod);
const said = (text: string) =>
  container === undefined
    ? []
    : linksOf(snapshot, { pod, container }, text).map(({ word, says }) => `${word}: ${says}`);

describe('linksOf', () => {
  it.each([
    ['dial tcp 10.96.0.12:5432: connect: connection refused', 'Service/db port 5432: has 0 ready endpoints'],
    ['getaddrinfo ENOTFOUND dbx', 'Service/dbx: there is no Service/dbx in namespace shop, but there is db'],
    ['API_TOKEN is invalid', 'API_TOKEN: env[API_TOKEN] takes it from Secret/api key token'],
    ['LOG_LEVEL is bad', 'LOG_LEVEL: env[LOG_LEVEL] takes it from ConfigMap/settings key level'],
    ['DB_USER may not log in', 'DB_USER: env[DB_USER] is set in the pod template'],
    [
      'missing environment variable S3_BUCKET',
      'S3_BUCKET: env of container app has no S3_BUCKET, unless envFrom brings it from Secret/more',
    ],
    ['cannot parse /etc/app/app.yaml', '/etc/app/app.yaml: is in volume config, from ConfigMap/settings'],
    ['write /data/wal/1: no space left on device', '/data/wal/1: is in volume data, from PersistentVolumeClaim/data-0'],
    ['no session for user "shop"', 'shop: env[DB_USER] is shop'],
  ])('tells what is meant in %s', (text, link) => {
    expect(said(text)).toEqual([link]);
  });

  it.each(['HTTP_OK', 'cannot open /usr/lib/x.so', 'user bob', 'all is well'])('says nothing of %s', (text) => {
    expect(said(text)).toEqual([]);
  });
});

describe('linksOf refused credentials', () => {
  it('names the Secrets that they come from', () => {
    expect(said('login incorrect: invalid credentials')).toEqual([
      'API_TOKEN: env[API_TOKEN] takes it from Secret/api key token',
      'envFrom: envFrom brings all of Secret/more',
    ]);
  });
});

describe('credentialLinks', () => {
  it('names the Secrets that a container takes values from', () => {
    expect(container && credentialLinks({ pod, container }).map(({ says }) => says)).toEqual([
      'env[API_TOKEN] takes it from Secret/api key token',
      'envFrom brings all of Secret/more',
    ]);
  });
});
