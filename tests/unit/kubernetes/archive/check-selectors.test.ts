import { describe, expect, it } from 'vitest';
import { checkSelectors } from '../../../../src/kubernetes/archive/check-selectors.ts';
import { aPod } from '../../../support/builders.ts';

const pods = [aPod('web', { spec: { hostname: 'web' } })];
const checking = (selectors: { labelSelector?: string; fieldSelector?: string }) => () =>
  checkSelectors({ kind: 'Pod', limit: 10, ...selectors }, pods);

describe('a label selector', () => {
  it.each([
    'app=web',
    'app == web',
    'app!=web',
    'app',
    '!app',
    'app=',
    'app in (a, b),tier notin (c)',
    'app.kubernetes.io/name=web',
    'weight>5',
    '',
  ])('may be %j', (labelSelector) => {
    expect(checking({ labelSelector })).not.toThrow();
  });

  it.each(['a=b=c', 'app in a', 'app in (a', '-app=x', 'app=-x', 'a b', '=x', '!', `app=${'x'.repeat(64)}`])(
    'is refused as %j',
    (labelSelector) => {
      expect(checking({ labelSelector })).toThrow(
        expect.objectContaining({
          code: 'validation_error',
          message: expect.stringContaining('This archive refuses label_selector: '),
          details: { archive: true, problems: [expect.objectContaining({ path: 'label_selector' })] },
        }),
      );
    },
  );
});

describe('a field selector', () => {
  it.each(['metadata.name=web', 'spec.nodeName!=x', 'status.nominatedNodeName=', 'spec.hostname=web', ''])(
    'may be %j',
    (fieldSelector) => {
      expect(checking({ fieldSelector })).not.toThrow();
    },
  );

  it('may ask for what the kind might have when there is none of it', () => {
    expect(() => checkSelectors({ kind: 'Job', limit: 1, fieldSelector: 'spec.suspend=true' }, [])).not.toThrow();
  });

  it.each([
    ['spec.nope=1', 'field label not supported: spec.nope'],
    ['metadata.name', '"metadata.name" compares nothing'],
    ['=web', '"=web" compares nothing'],
  ])('is refused as %j', (fieldSelector, message) => {
    expect(checking({ fieldSelector })).toThrow(
      expect.objectContaining({ code: 'validation_error', message: `This archive refuses field_selector: ${message}` }),
    );
  });
});
