import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import { wellFormed } from '../../../../src/kubernetes/archive/well-formed.ts';

const object = (kind: string, apiVersion: string, fields: object): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: 'x' },
  ...fields,
});
const pod = (fields: object): KubernetesObject => object('Pod', 'v1', fields);

describe('wellFormed', () => {
  it('leaves an object alone that an API server could have sent', () => {
    const whole = pod({
      spec: {
        containers: [{ name: 'app', resources: { limits: { cpu: '1' } }, ports: [{ containerPort: 80 }] }],
        securityContext: { supplementalGroups: [1, 2] },
      },
      status: { conditions: [{ type: 'Ready', status: 'True' }], phase: 'Running' },
    });

    expect(wellFormed(whole)).toEqual({ object: whole, dropped: [] });
  });

  it('names what it leaves out, the first few', () => {
    const { object: left, dropped } = wellFormed(
      pod({ spec: { containers: ['app', { name: [] }], nodeName: {}, volumes: 5 }, status: 'Running' }),
    );

    expect(left).toEqual(pod({ spec: { containers: [{}] } }));
    expect(dropped).toEqual(['spec.containers[0]', 'spec.containers[1].name', 'spec.nodeName']);
  });

  it('takes nulls for absent, without a word', () => {
    expect(wellFormed(pod({ spec: { containers: null }, status: { conditions: [null] } }))).toEqual({
      object: pod({ spec: {}, status: { conditions: [] } }),
      dropped: [],
    });
  });

  it('takes numbers for texts that lost their quotes', () => {
    const env = (value: unknown) => pod({ spec: { containers: [{ env: [{ name: 'PORT', value }] }] } });

    expect(wellFormed(env(8080)).object).toEqual(env('8080'));
  });

  it('tells apart what one name means in several places', () => {
    const job = object('Job', 'batch/v1', { status: { active: 1, ready: 0 } });
    const policy = object('NetworkPolicy', 'networking.k8s.io/v1', {
      spec: { ingress: [{ ports: [{ port: 'http' }] }] },
    });

    expect([wellFormed(job).dropped, wellFormed(policy).dropped]).toEqual([[], []]);
    expect(wellFormed(object('CronJob', 'batch/v1', { status: { active: 1 } })).dropped).toEqual(['status.active']);
  });

  it('looks into no schema, whose fields are named like those that it describes', () => {
    const definition = object('CustomResourceDefinition', 'apiextensions.k8s.io/v1', {
      spec: {
        versions: [
          { name: 'v1', schema: { openAPIV3Schema: { required: ['spec'], properties: { kind: { type: 'string' } } } } },
        ],
      },
    });

    expect(wellFormed(definition)).toEqual({ object: definition, dropped: [] });
  });

  it('leaves numbers out that are none', () => {
    expect(wellFormed(pod({ spec: { priority: Number.POSITIVE_INFINITY } })).dropped).toEqual(['spec.priority']);
  });

  it('knows of kinds that others define what rules read', () => {
    const route = { parentRefs: 'web', rules: [{ backendRefs: {} }], anything: [1, 'x'] };

    expect(wellFormed(object('HTTPRoute', 'gateway.networking.k8s.io/v1', { spec: route }))).toMatchObject({
      object: { spec: { rules: [{}], anything: [1, 'x'] } },
      dropped: ['spec.parentRefs', 'spec.rules[0].backendRefs'],
    });
    expect(wellFormed(object('X', 'x.io/v1', { spec: 'free' })).dropped).toEqual([]);
  });
});
