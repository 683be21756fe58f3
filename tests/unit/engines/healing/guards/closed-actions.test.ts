import { describe, expect, it } from 'vitest';
import { type FieldStep, preconditionOf } from '../../../../../src/engines/healing/action.ts';
import { closedActions } from '../../../../../src/engines/healing/guards/closed-actions.ts';
import { aContainer, anObject, aPod } from '../../../../support/builders.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aSituation,
  cordon,
  drain,
  evict,
  live,
  resize,
  restart,
  rollback,
  saidBy,
  scale,
  setImage,
} from '../../../../support/healing.ts';
import { aNode } from '../../../../support/nodes.ts';

const { target } = aLiveDeployment();
const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const on = preconditionOf(target);
const container = '/spec/template/spec/containers/0';
const patching = (...steps: FieldStep[]) => ({ operations: [{ verb: 'patch' as const, on, steps }], inverse: [] });
const unlisted = 'is none that an action may change';

describe('G2, closed actions', () => {
  it.each([
    ['restartedAt', aDraft(restart(web), target)],
    ['replicas', aDraft(scale(web, 4), target)],
    ['an image', aDraft(setImage(web, 'registry.example/app:2'), target)],
    ['the pod template', aDraft(rollback(web), target)],
    ['resources', aDraft(resize(web, { limits: { memory: '192Mi' } }), target)],
  ])('allows an action that sets %s', (_, draft) => {
    expect(saidBy(closedActions, draft, aSituation())).toContain('allow: The action sets only ');
  });

  it.each([
    ['the command', { op: 'replace', path: `${container}/command`, value: ['sh'] }],
    ['a variable', { op: 'add', path: `${container}/env/0/value`, value: 'x' }],
    ['the host network', { op: 'add', path: '/spec/template/spec/hostNetwork', value: true }],
    ['another annotation', { op: 'add', path: '/spec/template/metadata/annotations/a', value: 'x' }],
    ['a path that only begins like one', { op: 'replace', path: `${container}/image/../command`, value: 'x' }],
    ['an ephemeral container', { op: 'replace', path: '/spec/template/spec/ephemeralContainers/0/image', value: 'x' }],
    ['the whole of the spec', { op: 'replace', path: '/spec', value: { replicas: 1 } }],
    [
      'a key beside the allowed ones',
      { op: 'add', path: `${container}/resources/limits`, value: { cpu: '1', gpu: '1' } },
    ],
  ] as const)('refuses a patch of %s', (_, step) => {
    expect(saidBy(closedActions, aDraft(setImage(web, 'x'), target, patching(step)), aSituation())).toContain(unlisted);
  });

  it('allows an init container, and only the one that the action names', () => {
    const withSetup = aLiveDeployment({
      pod: { containers: [aContainer('setup', { init: true }), aContainer('app')] },
    });
    const step = { op: 'replace', path: '/spec/template/spec/initContainers/0/image', value: 'setup:2' } as const;
    const said = (name: string) =>
      saidBy(
        closedActions,
        aDraft(setImage(web, 'setup:2', name), withSetup.target, patching(step)),
        aSituation({ target: withSetup.target }),
      );

    expect(said('setup')).toContain('allow: ');
    expect(said('app')).toContain('otherwise than the parameters of set_image say');
  });

  it('refuses a field that belongs to another action', () => {
    const draft = aDraft(restart(web), target, patching({ op: 'replace', path: `${container}/image`, value: 'app:2' }));

    expect(saidBy(closedActions, draft, aSituation())).toBe(
      `refuse: The field ${container}/image ${unlisted}. Instead: replicas, restartedAt, image, requests and limits of cpu and memory, and the cordon of a node are`,
    );
  });

  it('allows to make the annotations where there are none, and not to replace those that there are', () => {
    const value = { 'kubectl.kubernetes.io/restartedAt': '2026-11-23T12:00:00Z' };
    const draft = aDraft(
      restart(web),
      target,
      patching({ op: 'add', path: '/spec/template/metadata/annotations', value }),
    );
    const annotated = aLiveDeployment({ pod: { metadata: { annotations: { checksum: 'x' } } } }).target;
    const withOthers = {
      ...annotated,
      spec: { ...annotated.spec, template: { metadata: { annotations: { checksum: 'x' } } } },
    };

    expect(saidBy(closedActions, draft, aSituation())).toContain('allow: ');
    expect(saidBy(closedActions, draft, aSituation({ target: withOthers }))).toContain(
      'The field /spec/template/metadata/annotations/checksum is none',
    );
  });

  it('allows to take a limit away, and not what stands beside it', () => {
    const limited = (limits: object) =>
      aLiveDeployment({ pod: { containers: [aContainer('app', { resources: { limits } })] } }).target;
    const removing = (object: ReturnType<typeof limited>, path: string) =>
      saidBy(
        closedActions,
        aDraft(resize(web, {}), object, patching({ op: 'remove', path })),
        aSituation({ target: object }),
      );
    const both = limited({ memory: '1Gi', 'ephemeral-storage': '1Gi' });

    expect(removing(both, `${container}/resources/limits/memory`)).toContain('allow: ');
    expect(removing(limited({ memory: '1Gi' }), `${container}/resources/limits`)).toContain('allow: ');
    expect(removing(both, `${container}/resources/limits`)).toContain('resources/limits/ephemeral-storage is none');
    expect(removing(both, container)).toContain(unlisted);
  });

  it('allows the way back to take away what the action made, and nothing else', () => {
    const limits = { op: 'add', path: `${container}/resources/limits`, value: { memory: '1Gi' } } as const;
    const draft = aDraft(resize(web, { limits: { memory: '1Gi' } }), target, patching(limits));
    const back = (path: string) => ({
      ...draft,
      inverse: [{ verb: 'patch' as const, on, steps: [{ op: 'remove' as const, path }] }],
    });

    expect(saidBy(closedActions, back(`${container}/resources/limits`), aSituation())).toContain('allow: ');
    expect(saidBy(closedActions, back(`${container}/resources`), aSituation())).toContain(unlisted);
    expect(saidBy(closedActions, back(`${container}/resources/limits/cpu`), aSituation())).toContain('allow: ');
  });

  it.each([
    [-1, 'refuse: -1 is no number of replicas.'],
    [1.5, 'refuse: 1.5 is no number of replicas.'],
    [Number.NaN, 'refuse: NaN is no number of replicas.'],
    [0, 'allow: '],
  ])('of replicas %d says %s', (replicas, said) => {
    expect(saidBy(closedActions, aDraft(scale(web, replicas), target), aSituation())).toContain(said);
  });

  it('refuses writes that say something else than the action', () => {
    const draft = aDraft(scale(web, 4), target, { operations: [{ verb: 'scale', on, replicas: 40 }] });
    const image = { op: 'replace', path: `${container}/image`, value: 'registry.example/evil:1' } as const;
    const amount = { op: 'replace', path: `${container}/resources/limits/memory`, value: '2Gi' } as const;
    const node = aNode('node-1');
    const uncordoning = aDraft(cordon({ kind: 'Node', name: 'node-1' }, true), node, {
      operations: aDraft(cordon({ kind: 'Node', name: 'node-1' }), node).operations,
    });

    expect(saidBy(closedActions, draft, aSituation())).toBe(
      'refuse: The plan sets replicas otherwise than the parameters of scale_workload say. Instead: plan again',
    );
    expect(saidBy(closedActions, aDraft(setImage(web, 'app:2'), target, patching(image)), aSituation())).toContain(
      `The plan sets ${container}/image otherwise than the parameters of set_image say.`,
    );
    expect(
      saidBy(closedActions, aDraft(resize(web, { limits: { memory: '1Gi' } }), target, patching(amount)), aSituation()),
    ).toContain('resources/limits/memory otherwise than the parameters');
    expect(saidBy(closedActions, uncordoning, aSituation({ target: node }))).toContain('spec/unschedulable otherwise');
  });

  it('refuses to write to another container than the one that is named', () => {
    const two = aLiveDeployment({ pod: { containers: [aContainer('proxy'), aContainer('app')] } }).target;

    expect(saidBy(closedActions, aDraft(setImage(web, 'app:2'), two), aSituation({ target: two }))).toContain(
      'image otherwise than the parameters of set_image say.',
    );
    expect(saidBy(closedActions, aDraft(setImage(web, 'app:2', 'proxy'), two), aSituation({ target: two }))).toContain(
      'allow: ',
    );
  });

  it('refuses an empty image and an amount that is none', () => {
    expect(saidBy(closedActions, aDraft(setImage(web, ''), target), aSituation())).toBe(
      `refuse: "" is no value for ${container}/image. Instead: the name of an image`,
    );
    expect(saidBy(closedActions, aDraft(resize(web, { requests: { cpu: '-1' } }), target), aSituation())).toContain(
      'refuse: "-1" is no value for',
    );
  });

  it('refuses a target of another kind', () => {
    const service = anObject('Service', 'web', { metadata: live() });
    const daemon = anObject('DaemonSet', 'agent', { metadata: live() });

    expect(saidBy(closedActions, aDraft(restart(web), service), aSituation({ target: service }))).toBe(
      'refuse: restart_workload does not act on Service/web. Instead: it acts on Deployment, StatefulSet, DaemonSet',
    );
    expect(saidBy(closedActions, aDraft(scale(web, 2), daemon), aSituation({ target: daemon }))).toContain(
      'refuse: scale_workload does not act on DaemonSet/agent.',
    );
    expect(saidBy(closedActions, aDraft(evict(web), target), aSituation())).toContain('does not act on Deployment/web');
  });

  it('allows to scale a custom kind', () => {
    const rollout = {
      ...aBareObject('Rollout', 'web'),
      metadata: { name: 'web', namespace: 'shop', uid: 'u', ...live() },
    };

    expect(saidBy(closedActions, aDraft(scale(web, 2), rollout), aSituation({ target: rollout }))).toContain('allow: ');
  });

  it('refuses a verb that the action does not need, and another object', () => {
    const stray = aDraft(restart(web), target, { operations: [{ verb: 'evict', on }] });
    const other = aDraft(scale(web, 2), target, {
      operations: [{ verb: 'scale', on: { ...on, object: { ...on.object, name: 'pay' } }, replicas: 2 }],
    });

    expect(saidBy(closedActions, stray, aSituation())).toContain(
      'restart_workload never does evict on Deployment/web.',
    );
    expect(saidBy(closedActions, other, aSituation())).toContain('would write to Deployment/pay too');
  });

  it('allows the resources of a Pod to change in place, and nothing else of it', () => {
    const pod = aPod('web-1', { metadata: live() });
    const replacing = (path: string, value: string) =>
      saidBy(
        closedActions,
        aDraft(resize(web, { limits: { memory: '1Gi' } }), pod, {
          operations: [{ verb: 'patch', on: preconditionOf(pod), steps: [{ op: 'replace', path, value }] }],
          inverse: [],
        }),
        aSituation({ target: pod }),
      );

    expect(replacing('/spec/containers/0/resources/limits/memory', '1Gi')).toContain('allow: ');
    expect(replacing('/spec/containers/0/resources/limits/memory', '2Gi')).toContain('otherwise than the parameters');
    expect(replacing('/spec/containers/0/image', 'app:2')).toContain(unlisted);
    expect(replacing(`${container}/resources/limits/memory`, '1Gi')).toContain(unlisted);
    expect(
      saidBy(
        closedActions,
        aDraft(
          resize(web, { limits: { memory: '1Gi' } }),
          target,
          patching({ op: 'replace', path: '/spec/containers/0/resources/limits/memory', value: '1Gi' }),
        ),
        aSituation(),
      ),
    ).toContain(unlisted);
  });

  it('allows a drain to evict pods, and only pods', () => {
    const node = aNode('node-1');
    const pod = aPod('web-1', { metadata: live() });
    const situation = aSituation({ target: node });
    const action = drain({ kind: 'Node', name: 'node-1' });

    expect(saidBy(closedActions, aDraft(action, node, { pods: [pod] }), situation)).toContain('allow: ');
    expect(saidBy(closedActions, aDraft(action, node, { pods: [target] }), situation)).toContain('refuse: ');
  });

  it('refuses an action that writes nothing', () => {
    expect(saidBy(closedActions, aDraft(restart(web), target, { operations: [] }), aSituation())).toContain(
      'refuse: restart_workload on Deployment/web writes nothing.',
    );
  });
});
