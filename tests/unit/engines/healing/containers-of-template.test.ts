import { describe, expect, it } from 'vitest';
import { containerOfTemplate } from '../../../../src/engines/healing/containers-of-template.ts';
import { aContainer, aPod } from '../../../support/builders.ts';
import { aBareObject, aLiveDeployment } from '../../../support/healing.ts';
import { aMaterial } from '../../../support/materials.ts';

const { target } = aLiveDeployment({
  pod: {
    containers: [
      aContainer('setup', { init: true }),
      aContainer('app', { resources: { limits: { memory: '100Mi' } } }),
      aContainer('proxy'),
    ],
  },
});

describe('a container of a template', () => {
  it('is found by its name, with its place and its amounts', () => {
    expect(containerOfTemplate(aMaterial(target), 'app')).toEqual({
      path: ['spec', 'template', 'spec', 'containers', 0],
      image: 'registry.example/app:1.0',
      resources: { requests: {}, limits: { memory: '100Mi' } },
    });
    expect(containerOfTemplate(aMaterial(target), 'proxy')).toMatchObject({
      path: ['spec', 'template', 'spec', 'containers', 1],
    });
  });

  it('may be an init container', () => {
    expect(containerOfTemplate(aMaterial(target), 'setup')).toMatchObject({
      path: ['spec', 'template', 'spec', 'initContainers', 0],
    });
  });

  it('that is not there is answered with those that are', () => {
    expect(containerOfTemplate(aMaterial(target), 'ap')).toEqual({
      impossible: 'Deployment/web has no container ap.',
      instead: 'It has app, proxy, setup.',
      rule: 'G39',
    });
    expect(containerOfTemplate(aMaterial(aBareObject('Deployment')), 'app')).toMatchObject({ instead: 'It has .' });
  });

  it('is none of a kind without a template that may be changed', () => {
    expect(containerOfTemplate(aMaterial(aBareObject('CronJob')), 'app')).toEqual({
      impossible: 'A CronJob has no template that could be changed.',
      instead: 'Name a Deployment, StatefulSet or DaemonSet.',
      rule: 'G2',
    });
    expect(aPod('web-1').kind).toBe('Pod');
  });
});
