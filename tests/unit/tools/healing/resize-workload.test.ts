import { describe, expect, it } from 'vitest';
import { resizeWorkload } from '../../../../src/tools/healing/resize-workload.ts';
import { proposes } from '../../../support/proposals.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const accepts = (memory_limit: string) =>
  resizeWorkload.input.safeParse({ object: 'deployment/web', container: 'app', memory_limit }).success;

describe('resize_workload', () => {
  it('proposes only the amounts that are given', async () => {
    const asked = { object: 'deployment/web', container: 'app', memory_limit: '256Mi', cpu_request: '500m' };
    const action = {
      name: 'resize_workload',
      target: web,
      container: 'app',
      requests: { cpu: '500m' },
      limits: { memory: '256Mi' },
    } as const;

    expect(await proposes(resizeWorkload, asked, action)).toBe(true);
  });

  it('proposes both lists of both resources', async () => {
    const asked = { cpu_limit: '1', cpu_request: '500m', memory_limit: '1Gi', memory_request: '512Mi' };
    const action = {
      name: 'resize_workload',
      target: web,
      container: 'app',
      requests: { cpu: '500m', memory: '512Mi' },
      limits: { cpu: '1', memory: '1Gi' },
    } as const;

    expect(await proposes(resizeWorkload, { object: 'deployment/web', container: 'app', ...asked }, action)).toBe(true);
  });

  it('takes quantities, and nothing else', () => {
    expect(['256Mi', '500m', '1.5Gi', '2'].map(accepts)).toEqual([true, true, true, true]);
    expect(['', '-1', '1e3', '256 Mi', '256Mib', '$(x)', '9'.repeat(20)].map(accepts)).toEqual(
      Array.from({ length: 7 }, () => false),
    );
  });
});
