import { describe, expect, it } from 'vitest';
import { fixSpans, stepSpan } from '../../../../src/tools/report/fix-text.ts';

const textOf = (tool: string, args: Readonly<Record<string, unknown>>): string | undefined =>
  fixSpans({ tool, arguments: args, reason: '' })[0]?.text;

describe('a remedy', () => {
  it.each([
    [
      'restart_workload',
      { kind: 'Deployment', name: 'api', namespace: 'shop' },
      'kubemend heal restart deployment/api -n shop',
    ],
    [
      'rollback_workload',
      { object: 'deployment/api', revision: 4 },
      'kubemend heal rollback deployment/api --revision 4',
    ],
    [
      'evict_pod',
      { pod_name: 'api-0', namespace: 'shop', cluster: 'prod' },
      'kubemend heal evict pod/api-0 -n shop --context prod',
    ],
    ['cordon_node', { name: 'n1' }, 'kubemend heal cordon n1'],
    ['cordon_node', { object: 'node/n1', uncordon: true }, 'kubemend heal uncordon node/n1'],
    ['set_image', { name: 'api', dry_run: true }, 'kubemend heal set-image api --dry-run true'],
    ['undo', {}, 'kubemend heal undo'],
  ])('that %s is stands as a command', (tool, args, expected) => {
    expect(textOf(tool, args)).toBe(expected);
  });

  it('names its reason', () => {
    expect(
      fixSpans({ advice: 'wait', reason: 'it heals itself' })
        .map(({ text }) => text)
        .join(''),
    ).toBe('wait  (it heals itself)');
  });
});

it.each([
  ['kubectl get pods', 'command'],
  ['kubemend doctor', 'command'],
  ['kubectlx', 'plain'],
  ['restore the key', 'plain'],
])('%s is %s', (text, style) => {
  expect(stepSpan(text)).toEqual({ text, style });
});
