import { describe, expect, it } from 'vitest';
import { boundedSteps } from '../../../../../src/engines/healing/guards/bounded-steps.ts';
import { aContainer, anObject, aPod } from '../../../../support/builders.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aPolicy,
  aRecord,
  aSituation,
  live,
  resize,
  restart,
  saidBy,
  scale,
} from '../../../../support/healing.ts';
import { aNode } from '../../../../support/nodes.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const small = { requests: { cpu: '200m', memory: '128Mi' }, limits: { memory: '128Mi' } };
const { target, all } = aLiveDeployment({ pod: { containers: [aContainer('app', { resources: small })] } });
type Amounts = Parameters<typeof resize>[1];
const resized = (amounts: Amounts, { objects = all, ...more }: Parameters<typeof aSituation>[0] = {}) =>
  saidBy(boundedSteps, aDraft(resize(web, amounts), target), aSituation({ target, objects, ...more }));
const scaled = (replicas: number, more: Parameters<typeof aSituation>[0] = {}) =>
  saidBy(boundedSteps, aDraft(scale(web, replicas), target), aSituation({ target, objects: all, ...more }));
const aQuota = (resource: string, hard: string, used: string, spec: object = {}) =>
  anObject('ResourceQuota', 'small', { spec, status: { hard: { [resource]: hard }, used: { [resource]: used } } });
const aResize = (minutes: number, fields: object = {}) =>
  aRecord({ action: resize(web, { limits: { memory: '192Mi' } }), minutes, ...fields });

describe('G23, bounded steps', () => {
  it('allows one and a half times, and refuses more', () => {
    expect(resized({ limits: { memory: '192Mi' } })).toContain('allow: ');
    expect(resized({ limits: { memory: '256Mi' } })).toBe(
      'refuse: limits.memory of container app of Deployment/web would grow from 128Mi to 256Mi, more than 1.5 times. Instead: 192Mi at most, then see whether that is enough',
    );
  });

  it('allows no great shrinking either', () => {
    expect(resized({ requests: { cpu: '150m' } })).toContain('allow: ');
    expect(resized({ requests: { cpu: '100m' } })).toContain('would shrink from 200m to 100m, by more than 1.5 times.');
  });

  it('refuses what is no amount', () => {
    expect(resized({ limits: { memory: 'lots' } })).toContain('refuse: "lots" is no amount for container app');
    expect(resized({ limits: { memory: '0' } })).toContain('refuse: "0" is no amount');
  });

  it('refuses more than the policy caps', () => {
    expect(resized({ limits: { memory: '192Mi' } }, { policy: aPolicy({ caps: { max_memory: '150Mi' } }) })).toContain(
      'refuse: 192Mi for limits.memory of container app of Deployment/web is more than the 150Mi of caps.max_memory.',
    );
    expect(resized({ limits: { memory: '192Mi' } }, { policy: aPolicy({ caps: { max_memory: '192Mi' } }) })).toContain(
      'allow: ',
    );
  });

  it('refuses more than is free on any node', () => {
    const full = anObject('Pod', 'full', {
      spec: { nodeName: 'node-1', containers: [{ name: 'app', resources: { requests: { memory: '7.6Gi' } } }] },
    });

    expect(resized({ requests: { memory: '192Mi' } }, { objects: [...all, full] })).toContain(
      'requests.memory of container app of Deployment/web would grow by 64Mi, and at most 26Mi is free on any node.',
    );
  });

  it('refuses more than a quota leaves for all replicas', () => {
    const said = resized(
      { requests: { memory: '192Mi' } },
      { objects: [...all, aQuota('requests.memory', '1Gi', '900Mi')] },
    );

    expect(said).toBe(
      'refuse: ResourceQuota/small allows 1Gi of requests.memory: 900Mi is used and 192Mi more would be. Instead: free some of it, or have the quota raised',
    );
    expect(
      resized({ requests: { memory: '192Mi' } }, { objects: [...all, aQuota('memory', '1Gi', '900Mi')] }),
    ).toContain('refuse: ');
    expect(
      resized({ requests: { memory: '192Mi' } }, { objects: [...all, aQuota('requests.memory', '1Gi', '800Mi')] }),
    ).toContain('allow: ');
    expect(
      resized(
        { requests: { memory: '192Mi' } },
        {
          objects: [...all, aQuota('requests.memory', '1Gi', '900Mi', { scopes: ['BestEffort'] })],
        },
      ),
    ).toContain('allow: ');
  });

  it('refuses the third time in a day', () => {
    const twice = [aResize(200), aResize(600)];

    expect(resized({ limits: { memory: '192Mi' } }, { history: twice })).toBe(
      'refuse: Deployment/web was resized 2 times in the last 24 h, and caps.resizes_per_workload_day is 2. Instead: look why it needs ever more: a leak is mended in the program',
    );
    expect(resized({ limits: { memory: '192Mi' } }, { history: [aResize(200), aResize(1440)] })).toContain('allow: ');
    expect(
      resized({ limits: { memory: '192Mi' } }, { history: [aResize(200), aResize(300, { state: 'declined' })] }),
    ).toContain('allow: ');
  });

  it('asks where nothing was set before, and where nodes were not read', () => {
    expect(resized({ limits: { cpu: '1' } })).toContain(
      'approve: No limits.cpu is set for container app of Deployment/web yet',
    );
    expect(resized({ limits: { memory: '192Mi' } }, { complete: [] })).toContain('approve: Nodes were not read');
  });

  it('refuses a first request that no node has room for', () => {
    const bare = aLiveDeployment();
    const asked = (cpu: string) =>
      saidBy(
        boundedSteps,
        aDraft(resize(web, { requests: { cpu } }), bare.target),
        aSituation({ target: bare.target }),
      );

    expect(asked('5')).toContain(
      'requests.cpu of container app of Deployment/web would grow by 5, and at most 4 is free on any node.',
    );
    expect(asked('1')).toContain('approve: No requests.cpu is set');
  });

  it('asks where a node may be fuller than what was read of it', () => {
    expect(resized({ limits: { memory: '192Mi' } }, { complete: ['Node'] })).toContain(
      'approve: Not all pods of a node were read',
    );
  });

  it('proposes an amount that it would let pass', () => {
    const odd = { requests: { cpu: '33m', memory: '85Mi' } };
    const { target: of } = aLiveDeployment({ pod: { containers: [aContainer('app', { resources: odd })] } });
    const asked = (requests: object) =>
      saidBy(boundedSteps, aDraft(resize(web, { requests }), of), aSituation({ target: of }));

    expect(asked({ memory: '1Gi' })).toContain('Instead: 127Mi at most');
    expect(asked({ memory: '127Mi' })).toContain('allow: ');
    expect(asked({ cpu: '50m' })).toContain('Instead: 49m at most');
    expect(asked({ cpu: '10m' })).toContain('Instead: 22m at least');
    expect(asked({ cpu: '22m' })).toContain('allow: ');
  });

  it('scales up to the cap and the quota', () => {
    expect(scaled(5)).toContain('allow: Deployment/web grows by 2 replicas, within quota and caps.');
    expect(scaled(100)).toContain('allow: ');
    expect(scaled(3)).toBe('allow: Deployment/web does not grow.');
    expect(scaled(1_000_000_000)).toBe(
      'refuse: 1000000000 replicas of Deployment/web are more than the 100 of caps.max_replicas. Instead: 100 at most',
    );
    expect(scaled(5, { objects: [...all, aQuota('pods', '10', '9')] })).toContain(
      'refuse: ResourceQuota/small allows 10 of pods: 9 is used and 2 more would be.',
    );
    expect(scaled(4, { objects: [...all, aQuota('pods', '10', '9')] })).toContain('allow: ');
    expect(scaled(2, { objects: [...all, aQuota('pods', '10', '10')] })).toContain('allow: ');
  });

  it('lets a Pod grow in place by the same steps, on its own node', () => {
    const pod = aPod('web-1', { metadata: live(), containers: [aContainer('app', { resources: small })] });
    const member = all.find(({ kind }) => kind === 'Pod') ?? pod;
    const full = aPod('full', {
      spec: { containers: [{ name: 'app', resources: { requests: { memory: '7.9Gi' } } }] },
    });
    const grown = (memory: string, more: Parameters<typeof aSituation>[0] = {}) =>
      saidBy(
        boundedSteps,
        aDraft(resize(web, { requests: { memory } }), pod),
        aSituation({ target: pod, objects: [pod, aNode('node-2')], ...more }),
      );

    expect(grown('192Mi')).toContain('allow: ');
    expect(grown('256Mi')).toContain('requests.memory of container app of Pod/web-1 would grow from 128Mi to 256Mi');
    expect(grown('192Mi', { objects: [pod, full, aNode('node-2')] })).toContain(
      'would grow by 64Mi, and at most 0 is free on Node/node-1.',
    );
    expect(grown('192Mi', { history: [aResize(200), aResize(300)], objects: all, target: member })).toContain(
      'refuse: Deployment/web was resized 2 times',
    );
  });

  it('leaves other actions alone, and bare objects to the guard of parameters', () => {
    const bare = aBareObject('Deployment');

    expect(saidBy(boundedSteps, aDraft(restart(web), target), aSituation())).toBe('nothing');
    expect(
      saidBy(boundedSteps, aDraft(resize(web, { limits: { memory: '1Ti' } }), bare), aSituation({ target: bare })),
    ).toBe('nothing');
    expect(saidBy(boundedSteps, aDraft(scale(web, 101), bare), aSituation({ target: bare }))).toContain('refuse: ');
  });
});
