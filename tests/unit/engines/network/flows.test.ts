import { describe, expect, it } from 'vitest';
import { endpointOfAddress, endpointOfPod, someone } from '../../../../src/engines/network/endpoints.ts';
import { verdictOf } from '../../../../src/engines/network/flows.ts';
import { verdictText } from '../../../../src/engines/network/words.ts';
import type { Pod } from '../../../../src/engines/objects.ts';
import { aContainer, anObject, aPod, aSnapshot } from '../../../support/builders.ts';

const namespace = (name: string, labels: object = {}) =>
  anObject('Namespace', name, { metadata: { labels: { 'kubernetes.io/metadata.name': name, ...labels } } });

const pod = (name: string, app: string, { ip = '10.244.0.9', where = 'shop', spec = {} } = {}): Pod =>
  aPod(name, {
    metadata: { namespace: where, labels: { app } },
    containers: [aContainer('app', { ports: [{ name: 'http', containerPort: 8080 }] })],
    spec,
    status: { podIP: ip, podIPs: [{ ip }] },
  });

const web = pod('web-1', 'web', { ip: '10.244.0.5' });
const api = pod('api-1', 'api', { ip: '10.244.0.6' });
const guest = pod('guest-1', 'web', { ip: '10.244.1.7', where: 'other' });

const policy = (name: string, spec: object, where = 'shop') =>
  anObject('NetworkPolicy', name, { metadata: { namespace: where }, spec });

interface Setting {
  readonly policies?: readonly ReturnType<typeof policy>[];
  readonly complete?: readonly string[];
  readonly namespaces?: readonly ReturnType<typeof namespace>[];
}

function snapshotOf({
  policies = [],
  complete = ['NetworkPolicy'],
  namespaces = [namespace('shop', { team: 'a' }), namespace('other', { team: 'b' })],
}: Setting) {
  return aSnapshot({ complete, objects: [web, api, guest, ...namespaces, ...policies] });
}

const flow = (setting: Setting, from: Pod, to: Pod, port = 8080, protocol = 'TCP') => {
  const snapshot = snapshotOf(setting);
  return { snapshot, from: endpointOfPod(snapshot, from), to: endpointOfPod(snapshot, to), port, protocol };
};

/** The outcome at the end of `api`, where `from` connects to. */
const ingress = (setting: Setting, from = web, port = 8080, protocol = 'TCP') => {
  const { snapshot, ...rest } = flow(setting, from, api, port, protocol);
  return verdictOf(snapshot, 'ingress', rest).outcome;
};

const egress = (setting: Setting, to = api, port = 8080, protocol = 'TCP') => {
  const { snapshot, ...rest } = flow(setting, web, to, port, protocol);
  return verdictOf(snapshot, 'egress', rest).outcome;
};

const toApi = { podSelector: { matchLabels: { app: 'api' } } };
const ingressOnly = (...rules: readonly object[]) => [
  policy('api', { ...toApi, policyTypes: ['Ingress'], ingress: rules }),
];
const egressOnly = (...rules: readonly object[]) => [
  policy('web', { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Egress'], egress: rules }),
];

describe('what isolates', () => {
  it('is nothing without a policy, and nothing of another namespace', () => {
    expect(ingress({})).toBe('open');
    expect(ingress({ policies: [policy('deny', { podSelector: {} }, 'other')] })).toBe('open');
  });

  it('is a policy that selects every pod and allows nothing', () => {
    expect(ingress({ policies: [policy('deny', { podSelector: {}, policyTypes: ['Ingress'] })] })).toBe('denied');
    expect(ingress({ policies: [policy('deny', { policyTypes: ['Ingress'] })] })).toBe('denied');
  });

  it('is not a policy for other pods, or for the other direction', () => {
    const forWeb = policy('web', { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'] });
    const outward = policy('out', { podSelector: {}, policyTypes: ['Egress'] });

    expect(ingress({ policies: [forWeb] })).toBe('open');
    expect(ingress({ policies: [outward] })).toBe('open');
    expect(egress({ policies: [forWeb] })).toBe('open');
    expect(egress({ policies: [outward] })).toBe('denied');
  });

  it('is ingress when no type is named, and egress only where there are egress rules', () => {
    const silent = policy('silent', { podSelector: {} });
    const outward = policy('outward', { podSelector: {}, egress: [{ ports: [{ port: 53, protocol: 'UDP' }] }] });

    expect(ingress({ policies: [silent] })).toBe('denied');
    expect(egress({ policies: [silent] })).toBe('open');
    expect(egress({ policies: [outward] })).toBe('denied');
  });

  it('never keeps a pod from itself, nor holds back what uses the network of its node', () => {
    const deny = [policy('deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] })];
    const onNode = pod('agent-1', 'web', { spec: { hostNetwork: true } });

    expect(ingress({ policies: deny }, api)).toBe('open');
    const { snapshot, ...rest } = flow({ policies: deny }, onNode, api);
    expect(verdictOf(snapshot, 'egress', rest).outcome).toBe('open');
  });
});

describe('whom a rule lets through', () => {
  it('is everyone without peers, and nobody for a peer without a selector', () => {
    expect(ingress({ policies: ingressOnly({}) })).toBe('allowed');
    expect(ingress({ policies: ingressOnly({ from: [] }) })).toBe('allowed');
    expect(ingress({ policies: ingressOnly({ from: [{}] }) })).toBe('denied');
  });

  it('is by podSelector a pod of the same namespace', () => {
    const policies = ingressOnly({ from: [{ podSelector: { matchLabels: { app: 'web' } } }] });

    expect(ingress({ policies }, web)).toBe('allowed');
    expect(ingress({ policies }, guest)).toBe('denied');
    expect(ingress({ policies: ingressOnly({ from: [{ podSelector: {} }] }) }, guest)).toBe('denied');
  });

  it('is by namespaceSelector any pod of such a namespace, and by both only pods that meet both', () => {
    const teamB = { namespaceSelector: { matchLabels: { team: 'b' } } };
    const both = { ...teamB, podSelector: { matchLabels: { app: 'api' } } };
    const either = [teamB, { podSelector: { matchLabels: { app: 'web' } } }];

    expect(ingress({ policies: ingressOnly({ from: [teamB] }) }, guest)).toBe('allowed');
    expect(ingress({ policies: ingressOnly({ from: [teamB] }) }, web)).toBe('denied');
    expect(ingress({ policies: ingressOnly({ from: [both] }) }, guest)).toBe('denied');
    expect(ingress({ policies: ingressOnly({ from: either }) }, web)).toBe('allowed');
  });

  it('is by expressions what they say', () => {
    const notWeb = { podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] } };
    const named = {
      namespaceSelector: {
        matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['other'] }],
      },
    };

    expect(ingress({ policies: ingressOnly({ from: [notWeb] }) }, web)).toBe('denied');
    expect(ingress({ policies: ingressOnly({ from: [named] }) }, guest)).toBe('allowed');
  });

  it('is by ipBlock an address in it, unless it is in a hole', () => {
    const block = (cidr: string, ...except: readonly string[]) =>
      ingressOnly({ from: [{ ipBlock: { cidr, except } }] });

    expect(ingress({ policies: block('10.244.0.0/24') })).toBe('allowed');
    expect(ingress({ policies: block('10.244.0.0/24', '10.244.0.4/30') })).toBe('denied');
    expect(ingress({ policies: block('192.168.0.0/16') })).toBe('denied');
  });

  it('adds up over rules and policies', () => {
    const deny = policy('deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    const allow = ingressOnly({ from: [{ ipBlock: { cidr: '192.168.0.0/16' } }] }, { from: [{ podSelector: {} }] });

    expect(ingress({ policies: [deny, ...allow] })).toBe('allowed');
  });

  it('asks both sides on their own', () => {
    const deny = policy('deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });

    expect(egress({ policies: [deny, ...ingressOnly({})] })).toBe('denied');
    expect(ingress({ policies: [deny, ...ingressOnly({})] })).toBe('allowed');
  });
});

describe('which ports a rule lets through', () => {
  const ports = (...list: readonly object[]) => ({ policies: ingressOnly({ ports: list }) });

  it('is by number and protocol, TCP unless told', () => {
    expect(ingress(ports({ port: 8080 }))).toBe('allowed');
    expect(ingress(ports({ port: 80 }))).toBe('denied');
    expect(ingress(ports({ port: 8080, protocol: 'UDP' }))).toBe('denied');
    expect(ingress(ports({ port: 8080 }), web, 8080, 'UDP')).toBe('denied');
    expect(ingress(ports({ protocol: 'UDP' }), web, 9, 'UDP')).toBe('allowed');
  });

  it('is every port from port to endPort', () => {
    expect(ingress(ports({ port: 8000, endPort: 8080 }))).toBe('allowed');
    expect(ingress(ports({ port: 8081, endPort: 9000 }))).toBe('denied');
  });

  it('is by name that of the pod where the connection ends', () => {
    expect(ingress(ports({ port: 'http' }))).toBe('allowed');
    expect(ingress(ports({ port: 'metrics' }))).toBe('denied');
    expect(ingress(ports({ port: 'http' }), web, 9090)).toBe('denied');
    expect(egress({ policies: egressOnly({ ports: [{ port: 'http' }] }) })).toBe('allowed');
  });

  it('has no names outside of the cluster', () => {
    const snapshot = snapshotOf({ policies: egressOnly({ ports: [{ port: 'http' }] }) });
    const from = endpointOfPod(snapshot, web);

    const verdict = verdictOf(snapshot, 'egress', {
      from,
      to: endpointOfAddress('203.0.113.5'),
      port: 8080,
      protocol: 'TCP',
    });

    expect(verdict.outcome).toBe('denied');
  });
});

describe('what is not known', () => {
  const teamB = ingressOnly({ from: [{ namespaceSelector: { matchLabels: { team: 'b' } } }] });

  it('is said when the policies were not read, unless one of them allows it', () => {
    expect(ingress({ complete: [] })).toBe('unknown');
    expect(ingress({ complete: [], policies: ingressOnly({ from: [{ podSelector: {} }] }) })).toBe('allowed');
  });

  it('is said when the labels of a namespace decide and were not read; its name is always known', () => {
    const byName = (name: string) =>
      ingressOnly({ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } }] });

    expect(ingress({ policies: teamB, namespaces: [] }, guest)).toBe('unknown');
    expect(ingress({ policies: byName('other'), namespaces: [] }, guest)).toBe('allowed');
    expect(ingress({ policies: byName('third'), namespaces: [] }, guest)).toBe('denied');
  });

  it('is said when it is not known who connects, unless everyone may', () => {
    const from = (policies: ReturnType<typeof ingressOnly>) => {
      const snapshot = snapshotOf({ policies });
      const to = endpointOfPod(snapshot, api);
      return verdictOf(snapshot, 'ingress', { from: someone, to, port: 8080, protocol: 'TCP' }).outcome;
    };

    expect(from(teamB)).toBe('unknown');
    expect(from(ingressOnly({}))).toBe('allowed');
    expect(from(ingressOnly({ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }))).toBe('allowed');
    expect(from(ingressOnly())).toBe('denied');
    expect(from(ingressOnly({ ports: [{ port: 1 }] }))).toBe('denied');
  });

  it('is said of a peer that uses the network of its node', () => {
    const onNode = pod('agent-1', 'web', { spec: { hostNetwork: true } });

    expect(ingress({ policies: ingressOnly({ from: [{ podSelector: {} }] }) }, onNode)).toBe('unknown');
    expect(ingress({ policies: ingressOnly({}) }, onNode)).toBe('allowed');
  });

  it('is said of a target port that is not known', () => {
    const snapshot = snapshotOf({ policies: ingressOnly({ ports: [{ port: 8080 }] }) });
    const ends = { from: endpointOfPod(snapshot, web), to: endpointOfPod(snapshot, api) };

    const verdict = verdictOf(snapshot, 'ingress', { ...ends, port: undefined, protocol: 'TCP' });

    expect(verdict.outcome).toBe('unknown');
  });

  it('never makes a policy of an object without a spec', () => {
    const bare = anObject('NetworkPolicy', 'bare');

    expect(ingress({ policies: [bare] })).toBe('open');
    expect(egress({ policies: [bare] })).toBe('open');
  });
});

describe('the words of a verdict', () => {
  const textOf = (setting: Setting, from = web) => {
    const { snapshot, ...rest } = flow(setting, from, api);
    return verdictText(verdictOf(snapshot, 'ingress', rest), 'ingress', 'TCP 8080 from web');
  };

  it('name the rule that decides', () => {
    expect(textOf({})).toBe('no NetworkPolicy holds back TCP 8080 from web');
    expect(textOf({ policies: ingressOnly({ ports: [{ port: 1 }] }, {}) })).toBe(
      'spec.ingress[1] of NetworkPolicy/api lets TCP 8080 from web through',
    );
  });

  it('name the policies that isolate, and what the nearest rule allows instead', () => {
    const deny = policy('deny-all', { podSelector: {}, policyTypes: ['Ingress'] });

    expect(textOf({ policies: [deny] })).toBe(
      'NetworkPolicy/deny-all isolates the pod for ingress, and no rule lets TCP 8080 from web through',
    );
    expect(textOf({ policies: [deny, ...ingressOnly({ ports: [{ port: 5432 }, { port: 'metrics' }] })] })).toBe(
      'NetworkPolicy/deny-all and NetworkPolicy/api isolate the pod for ingress, and no rule lets TCP 8080 from web ' +
        'through (spec.ingress[0] of NetworkPolicy/api allows only TCP 5432 and TCP metrics)',
    );
    expect(textOf({ policies: ingressOnly({ from: [{ podSelector: { matchLabels: { app: 'shop' } } }] }) })).toContain(
      '(spec.ingress[0] of NetworkPolicy/api allows it only from pods with app=shop of its own namespace)',
    );
  });

  it('say what is missing', () => {
    expect(textOf({ complete: [] })).toBe('TCP 8080 from web: the NetworkPolicies of namespace shop were not read');
  });
});

describe('the nearest rule', () => {
  const nearest = (...rules: readonly object[]) => {
    const { snapshot, ...rest } = flow({ policies: egressOnly(...rules) }, web, api);
    const verdict = verdictOf(snapshot, 'egress', rest);
    return verdict.outcome === 'denied'
      ? verdict.nearest && [verdict.nearest.rule.field, verdict.nearest.lacks]
      : verdict.outcome;
  };
  const dns = { ports: [{ port: 53, protocol: 'UDP' }, { port: 53 }] };
  const misspelt = { to: [{ podSelector: { matchLabels: { app: 'apy' } } }], ports: [{ port: 8080 }] };

  it('is never one about DNS', () => {
    expect(nearest(dns)).toBeUndefined();
  });

  it('is the one for this port before one for everyone on another', () => {
    expect(nearest(dns, { ports: [{ port: 443 }] }, misspelt)).toEqual(['spec.egress[2]', 'peer']);
  });

  it('is the one for this very peer before all', () => {
    expect(
      nearest(misspelt, { to: [{ podSelector: { matchLabels: { app: 'api' } } }], ports: [{ port: 80 }] }),
    ).toEqual(['spec.egress[1]', 'port']);
  });
});
