import { describe, expect, it } from 'vitest';
import type { ResourceAmounts } from '../../../../../src/engines/healing/action.ts';
import { draftResize } from '../../../../../src/engines/healing/drafts/resize.ts';
import { aContainer } from '../../../../support/builders.ts';
import { aLiveDeployment } from '../../../../support/healing.ts';
import { aMaterial, draftIn, whyNot } from '../../../../support/materials.ts';

const resources = { limits: { memory: '100Mi', cpu: '1' }, requests: { memory: '50Mi' } };
const { target } = aLiveDeployment({ pod: { containers: [aContainer('app', { resources }), aContainer('proxy')] } });
const resized = (amounts: { requests?: ResourceAmounts; limits?: ResourceAmounts }, container = 'app') =>
  draftResize(
    { name: 'resize_workload', target: { kind: 'Deployment', namespace: 'shop', name: 'web' }, container, ...amounts },
    aMaterial(target),
  );

describe('a resize', () => {
  it('sets only what is given, and leaves the rest of the template as it is', () => {
    const draft = draftIn(resized({ limits: { memory: '150Mi' }, requests: { memory: '75Mi' } }));

    expect(draft.operations).toMatchObject([
      {
        verb: 'patch',
        steps: [
          { path: '/spec/template/spec/containers/0/resources/requests/memory', value: '75Mi' },
          { path: '/spec/template/spec/containers/0/resources/limits/memory', value: '150Mi' },
        ],
      },
    ]);
    expect(draft.template?.spec?.containers?.[0]).toMatchObject({
      resources: { limits: { memory: '150Mi', cpu: '1' }, requests: { memory: '75Mi' } },
    });
    expect(draft.template?.spec?.containers?.[1]?.resources).toBeUndefined();
  });

  it('goes back to each amount that was there', () => {
    expect(draftIn(resized({ limits: { cpu: '1500m' } })).inverse).toMatchObject([
      { steps: [{ op: 'replace', value: '1' }] },
    ]);
  });

  it('leaves out what is as wanted', () => {
    expect(draftIn(resized({ limits: { memory: '100Mi', cpu: '2' } })).changes).toMatchObject([
      { before: '1', after: '2' },
    ]);
  });

  it('is impossible for nothing, for what is there already, and where there is nothing to take a step from', () => {
    expect(whyNot(resized({}))).toBe('Neither a request nor a limit is given. Name an amount of cpu or memory.');
    expect(whyNot(resized({ limits: { memory: '100Mi' } }))).toContain('has these already');
    expect(whyNot(resized({ requests: { cpu: '1' } }))).toContain('has no cpu in requests');
    expect(whyNot(resized({ limits: { memory: '1Gi' } }, 'proxy'))).toContain('Set it in the manifest.');
    expect(whyNot(resized({ limits: { memory: '1Gi' } }, 'none'))).toContain('has no container none');
  });
});
