import { describe, expect, it } from 'vitest';
import { svcSelectorTooBroad } from '../../../../../../src/engines/diagnosis/rules/service/svc-selector-too-broad.ts';
import {
  aContainer,
  aDeployment,
  aLog,
  anObject,
  aPod,
  aSnapshot,
  crashed,
  waiting,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

interface Fields {
  readonly port?: number | undefined;
  readonly status?: Readonly<Record<string, unknown>>;
  readonly command?: readonly string[];
}

const workload = (name: string, image: string, { port = 80, command = [], status = {} }: Fields = {}) =>
  aDeployment(name, {
    pod: {
      metadata: { labels: { tier: 'backend', app: name } },
      containers: [aContainer('app', { image, command, ports: [{ name: 'http', containerPort: port }], status })],
    },
  }).all;
const service = (spec: object = {}) =>
  anObject('Service', 'api', { spec: { selector: { tier: 'backend' }, ports: [{ port: 80 }], ...spec } });
const ownService = (name: string) =>
  anObject('Service', `${name}-service`, { spec: { selector: { app: name }, ports: [{ port: 80 }] } });
const api = workload('api', 'example/api:1');
const mailer = workload('mailer', 'example/mailer:3');

testRule(svcSelectorTooBroad, {
  silent: {
    'one workload': aSnapshot({ objects: [service(), ...api] }),
    'two versions of one image': aSnapshot({
      objects: [service(), ...api, ...workload('api-canary', 'example/api:2')],
    }),
    'two applications of one image that each have a Service of their own': aSnapshot({
      objects: [
        service(),
        ownService('blue'),
        ownService('green'),
        ...workload('blue', 'x/web:1'),
        ...workload('green', 'x/web:1'),
      ],
    }),
    'a headless Service': aSnapshot({ objects: [service({ clusterIP: 'None' }), ...api, ...mailer] }),
    'a Service for metrics': aSnapshot({
      objects: [service({ ports: [{ name: 'metrics', port: 9090 }] }), ...api, ...mailer],
    }),
    'pods without a port of that name': aSnapshot({
      objects: [service({ ports: [{ port: 80, targetPort: 'grpc' }] }), ...api, ...mailer],
    }),
    'another workload that is not ready': aSnapshot({
      objects: [service(), ...api, ...workload('mailer', 'example/mailer:3', waiting('CrashLoopBackOff'))],
    }),
    'a base image with the same command': aSnapshot({
      objects: [service(), ...workload('a', 'nginx:1.27'), ...workload('b', 'nginx:1.26')],
    }),
  },
  speaks: {
    'of an application of the same image that has a Service of its own': [
      aSnapshot({
        objects: [service(), ownService('green'), ...workload('api', 'x/web:1'), ...workload('green', 'x/web:1')],
      }),
      { object: 'Service/api', problem: 'Deployment/api and Deployment/green', fix: 'add app=api to spec.selector' },
    ],
    'of both programs, and the label that tells them apart': [
      aSnapshot({ objects: [service(), ...api, ...mailer] }),
      {
        object: 'Service/api',
        problem: 'selects tier=backend, which pods of different programs have: Deployment/api and Deployment/mailer',
        certainty: 'recomputed',
        evidence: ['1 pod of example/api:1 has the labels', '1 pod of example/mailer:3 has the labels'],
        fix: 'add app=api to spec.selector of Service/api',
      },
    ],
    'of a base image with another command': [
      aSnapshot({
        objects: [
          service(),
          ...workload('a', 'busybox:1', { command: ['httpd'] }),
          ...workload('b', 'busybox:1', { command: ['sleep'] }),
        ],
      }),
      { object: 'Service/api', problem: 'Deployment/a and Deployment/b' },
    ],
    'of the one that does not even listen there': [
      aSnapshot({ objects: [service(), ...api, ...workload('mailer', 'example/mailer:3', { port: 25 })] }),
      { object: 'Service/api', problem: 'Deployment/mailer declares no port 80' },
    ],
  },
});

describe('the class of a selector that is too broad', () => {
  const classOf = (other: ReturnType<typeof workload>, object?: { kind: string; namespace: string; name: string }) =>
    svcSelectorTooBroad
      .check(aSnapshot({ objects: [service(), ...api, ...other], scope: object === undefined ? {} : { object } }), [])
      .map((finding) => finding.class ?? svcSelectorTooBroad.class);

  it('is a risk, and a cause where requests cannot be answered or who asks about the Service', () => {
    expect(classOf(mailer)).toEqual(['risk']);
    expect(classOf(workload('mailer', 'example/mailer:3', { port: 25 }))).toEqual(['cause']);
    expect(classOf(mailer, { kind: 'Service', namespace: 'shop', name: 'api' })).toEqual(['cause']);
  });

  it.each([
    ['a cause where a call to it is refused', 'api', 'connection refused', 'cause'],
    ['a risk where a call to another is', 'db', 'connection refused', 'risk'],
    ['a risk where its name is not found', 'api', 'no such host', 'risk'],
  ])('is %s', (_, called, words, expected) => {
    const others = [
      anObject('Service', 'db', { spec: { selector: { app: 'db' }, ports: [{ port: 80 }] } }),
      aPod('client', { containers: [aContainer('app', crashed({ exitCode: 1, reason: 'Error' }))] }),
    ];
    const snapshot = aSnapshot({
      objects: [service(), ...api, ...mailer, ...others],
      logs: [aLog('client', [`ERROR GET http://${called}:80/orders: ${words}`])],
    });

    expect(
      svcSelectorTooBroad.check(snapshot, []).map((finding) => finding.class ?? svcSelectorTooBroad.class),
    ).toEqual([expected]);
  });

  it('is a cause where another Service with the same selector is named after another backend', () => {
    const twin = (name: string, tier = 'backend') => [
      anObject('Service', name, { spec: { selector: { tier }, ports: [{ port: 80 }] } }),
    ];
    expect(classOf([...mailer, ...twin('mailer')] as never)).toEqual(['cause', 'cause']);
    expect(classOf([...mailer, ...twin('public')] as never)).toEqual(['risk', 'risk']);
    expect(classOf([...mailer, ...twin('mailer', 'mail')] as never)).toEqual(['risk']);
  });
});
