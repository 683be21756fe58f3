import { describe, expect, it, vi } from 'vitest';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import type { Reader } from '../../../../src/kubernetes/ports.ts';
import { AppError } from '../../../../src/platform/errors.ts';
import { traceRoute } from '../../../../src/tools/diagnostic/trace-route.ts';
import { aContainer, aDeployment, anObject, someData } from '../../../support/builders.ts';
import { aContext, aReader, runTool } from '../../../support/fake-reader.ts';
import { aType } from '../../../support/resource-types.ts';

const api = aDeployment('api', {
  pod: { metadata: { labels: { app: 'api' } }, containers: [aContainer('api', { ports: [{ containerPort: 80 }] })] },
});
const web = aDeployment('web', { pod: { metadata: { labels: { app: 'web' } } } });
const service = anObject('Service', 'api', { spec: { selector: { app: 'api' }, ports: [{ port: 80 }] } });
const slice = anObject('EndpointSlice', 'api-1', {
  metadata: { labels: { 'kubernetes.io/service-name': 'api' } },
  endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }],
});
const everything: readonly KubernetesObject[] = [...api.all, ...web.all, service, slice];

const reading = (objects = everything, more: Partial<Reader> = {}) =>
  aContext({
    reader: aReader({
      resolve: async () => aType('Deployment'),
      get: async ({ kind, name }) => anObject(kind as 'Service', name),
      read: async (reads) =>
        someData({
          objects,
          reads: reads.map((read) => ({ read, outcome: 'ok' as const })),
          complete: ['Service', 'Pod', 'EndpointSlice', 'NetworkPolicy', 'Namespace', 'Ingress'],
        }),
      ...more,
    }),
  });

describe('trace_route', () => {
  it('follows a workload to a Service', async () => {
    const { data, text } = await runTool(traceRoute, { to: 'api:80', from: 'deployment/web' }, reading());

    expect(data).toMatchObject({
      from: { kind: 'Deployment', namespace: 'shop', name: 'web' },
      to: 'api:80',
      namespace: 'shop',
      verdict: 'open',
      ways: [{ name: 'shop/web → Service/api port 80', verdict: 'open' }],
      notes: [],
      blind_spots: [],
    });
    expect(text).toMatchInlineSnapshot(`
      "✔ shop/web → Service/api port 80: every hop is open
        ✔ client: Deployment/web has 1 of 1 pods ready
        ✔ dns-policy: Deployment/web asks the DNS of the cluster (dnsPolicy ClusterFirst)
        ✔ dns-egress: Pod/web-5d8f-0: no NetworkPolicy holds back UDP 53 to the DNS of the cluster
        ✔ dns-name: Service/api is what api resolves to, found by the search domain of namespace shop
        ✔ port: Service/api takes TCP 80 and sends it to container port 80
        ✔ selector: Service/api selects app=api: 1 pod
        ✔ endpoints: Service/api has 1 of 1 endpoints ready
        ✔ target-port: Service/api finds container port 80 declared
        ✔ egress: Pod/web-5d8f-0: no NetworkPolicy holds back TCP 80 to Service/api
        ✔ ingress: Pod/api-5d8f-0: no NetworkPolicy holds back TCP 80 from shop/web"
    `);
  });

  it('names the first hop that is broken, with the fix, and that enforcement does not show', async () => {
    const deny = anObject('NetworkPolicy', 'deny', {
      spec: { podSelector: { matchLabels: { app: 'api' } }, policyTypes: ['Ingress'] },
    });

    const { data, text } = await runTool(
      traceRoute,
      { to: 'service/api', from: 'deployment/web' },
      reading([...everything, deny]),
    );

    expect(data).toMatchObject({ verdict: 'broken', ways: [{ broken: { hop: 'ingress', state: 'broken' } }] });
    expect(text.split('\n').filter((line) => !line.includes('✔'))).toEqual([
      '✖ shop/web → Service/api port 80: broken at ingress',
      '  ✖ ingress: Pod/api-5d8f-0: NetworkPolicy/deny isolates the pod for ingress, and no rule lets TCP 80 from shop/web through',
      '  fix: add a NetworkPolicy that allows ingress of TCP 80 from shop/web for the pods of Pod/api-5d8f-0; leave NetworkPolicy/deny in place',
      'note: whether the network plugin enforces NetworkPolicies does not show in the API: one without support ignores them',
    ]);
  });

  it('says what it could not see', async () => {
    const read: Reader['read'] = async (reads) =>
      someData({
        objects: everything,
        reads: reads.map((each) => ({
          read: each,
          outcome: each.verb !== 'log' && each.kind === 'NetworkPolicy' ? ('denied' as const) : ('ok' as const),
        })),
      });

    const { data, text } = await runTool(
      traceRoute,
      { to: 'api', from: 'deployment/web' },
      reading(everything, { read }),
    );

    expect(data).toMatchObject({ verdict: 'unknown' });
    expect(text).toContain('no hop is known to be broken, and not all are known');
    expect(text).toContain(
      'not seen: NetworkPolicy in shop (reading is forbidden): what policies let through is not known',
    );
  });

  it('keeps words of the cluster on their line', async () => {
    const odd = anObject('Service', 'api', { spec: { type: 'ExternalName', externalName: 'evil\n✔ all is well' } });

    const { text } = await runTool(traceRoute, { to: 'service/api' }, reading([odd]));

    expect(text.split('\n').length).toBe(3);
  });

  it.each([
    [{ to: 'a b' }, 'validation_error'],
    [{ to: 'ingress/gate', from: 'deployment/web' }, 'validation_error'],
    [{ to: 'service/kube-dns', namespace: 'kube-system' }, 'refused'],
    [{ to: 'kube-system/kube-dns:53' }, 'refused'],
    [{ to: 'kube-dns.kube-system.svc:53', from: 'deployment/web' }, 'refused'],
  ])('refuses %j', async (input, code) => {
    await expect(runTool(traceRoute, input, reading())).rejects.toMatchObject({ code });
  });

  it('knows what connects and what does not', async () => {
    const resolve: Reader['resolve'] = async () => aType('ConfigMap');
    const context = reading(everything, { resolve });

    await expect(runTool(traceRoute, { to: 'api', from: 'configmap/x' }, context)).rejects.toMatchObject({
      code: 'validation_error',
      message: 'A ConfigMap makes no connection.',
    });
  });

  it.each([
    ['nothing of its name', []],
    ['one of its name elsewhere', [anObject('Service', 'api', { metadata: { namespace: 'other' } })]],
    ['another kind of its name', [anObject('Ingress', 'api')]],
  ])('lets what is asked about and missing surface as not_found, where there is %s', async (_, more) => {
    const gone = new AppError('not_found', 'Service/api in namespace shop does not exist.');
    const others = everything.filter((object) => object !== service);
    const context = reading([...others, ...more], { get: () => Promise.reject(gone) });

    await expect(runTool(traceRoute, { to: 'service/api' }, context)).rejects.toBe(gone);
  });

  it('does not ask again for what it has seen', async () => {
    const get = vi.fn<Reader['get']>();

    await runTool(traceRoute, { to: 'service/api', from: 'deployment/web' }, reading(everything, { get }));

    expect(get).not.toHaveBeenCalled();
  });
});
