import { describe, expect, it } from 'vitest';
import { podSpecPath, templateName } from '../../../src/engines/pod-spec-path.ts';

const ref = (kind: string) => ({ kind, namespace: 'shop', name: 'api' });

describe('podSpecPath', () => {
  it.each([
    ['Pod', 'spec'],
    ['Deployment', 'spec.template.spec'],
    ['StatefulSet', 'spec.template.spec'],
    ['DaemonSet', 'spec.template.spec'],
    ['Job', 'spec.template.spec'],
    ['CronJob', 'spec.jobTemplate.spec.template.spec'],
  ])('of a %s is %s', (kind, path) => {
    expect(podSpecPath(ref(kind))).toBe(path);
  });
});

describe('templateName', () => {
  it('is the pod itself when nothing made it', () => {
    expect(templateName(ref('Pod'))).toBe('Pod/api');
    expect(templateName(ref('CronJob'))).toBe('the pod template of CronJob/api');
  });
});
