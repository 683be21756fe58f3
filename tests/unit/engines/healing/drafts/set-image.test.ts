import { describe, expect, it } from 'vitest';
import { draftSetImage } from '../../../../../src/engines/healing/drafts/set-image.ts';
import { aContainer } from '../../../../support/builders.ts';
import { aLiveDeployment } from '../../../../support/healing.ts';
import { aMaterial, draftIn, whyNot } from '../../../../support/materials.ts';

const { target } = aLiveDeployment({
  pod: { containers: [aContainer('setup', { init: true }), aContainer('app'), aContainer('proxy')] },
});
const set = (container: string, image: string) =>
  draftSetImage(
    { name: 'set_image', target: { kind: 'Deployment', namespace: 'shop', name: 'web' }, container, image },
    aMaterial(target),
  );

describe('an image', () => {
  it('is set for one container, and the template has it there only', () => {
    const draft = draftIn(set('proxy', 'proxy:2'));

    expect(draft.operations).toMatchObject([
      { steps: [{ op: 'replace', path: '/spec/template/spec/containers/1/image', value: 'proxy:2' }] },
    ]);
    expect(draft.template?.spec?.containers?.map(({ image }) => image)).toEqual([
      'registry.example/app:1.0',
      'proxy:2',
    ]);
    expect(draft.changes).toMatchObject([{ before: 'registry.example/proxy:1.0', after: 'proxy:2' }]);
  });

  it('may be that of an init container', () => {
    expect(draftIn(set('setup', 'setup:2')).template?.spec?.initContainers?.[0]?.image).toBe('setup:2');
  });

  it('is impossible for a container that is not there, or that has it', () => {
    expect(whyNot(set('none', 'x:1'))).toContain('has no container none');
    expect(whyNot(set('app', 'registry.example/app:1.0'))).toBe(
      'Container app of Deployment/web has this image already. Nothing has to be done.',
    );
  });
});
