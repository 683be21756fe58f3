import { describe, expect, it } from 'vitest';
import { setImage } from '../../../../src/tools/healing/set-image.ts';
import { proposes } from '../../../support/proposals.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const accepts = (image: string) =>
  setImage.input.safeParse({ object: 'deployment/web', container: 'app', image }).success;

describe('set_image', () => {
  it('proposes one image for one container', async () => {
    const asked = { object: 'deployment/web', container: 'app', image: 'web:1' };

    expect(await proposes(setImage, asked, { name: 'set_image', target: web, container: 'app', image: 'web:1' })).toBe(
      true,
    );
  });

  it('takes names of images, and nothing else', () => {
    expect(['web:1', 'registry.example:5000/a/web@sha256:0a'].map(accepts)).toEqual([true, true]);
    expect(['', ' web', 'web;rm', 'web\n', '$(id)', 'x'.repeat(600)].map(accepts)).toEqual(
      Array.from({ length: 6 }, () => false),
    );
  });
});
