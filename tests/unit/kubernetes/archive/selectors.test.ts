import { describe, expect, it } from 'vitest';
import { matchesFieldSelector, matchesLabelSelector } from '../../../../src/kubernetes/archive/selectors.ts';

const object = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', labels: { app: 'web', tier: 'front' } },
  status: { phase: 'Running', hostPort: 80, conditions: [] },
};

describe('matchesLabelSelector', () => {
  it.each([
    '',
    'app=web',
    'app==web',
    'app',
    '!gone',
    'app!=db',
    'gone!=x',
    'app in (db,web),tier=front',
    'app notin (db)',
    'gone notin (x)',
    ' app = web ',
  ])('holds for %j', (selector) => {
    expect(matchesLabelSelector(selector, object)).toBe(true);
  });

  it.each(['app=db', 'gone', '!app', 'app!=web', 'app in (db)', 'app notin (db,web)', 'app=web,tier=back', 'gone='])(
    'does not hold for %j',
    (selector) => {
      expect(matchesLabelSelector(selector, object)).toBe(false);
    },
  );

  it('holds without a selector, and for objects without labels', () => {
    expect(matchesLabelSelector(undefined, object)).toBe(true);
    expect(matchesLabelSelector('!app', { ...object, metadata: { name: 'x' } })).toBe(true);
  });
});

describe('matchesFieldSelector', () => {
  it.each([
    '',
    'metadata.name=web',
    'status.phase!=Pending',
    'status.hostPort=80',
    'spec.nodeName=',
    'status.phase==Running,metadata.name=web',
  ])('holds for %j', (selector) => {
    expect(matchesFieldSelector(selector, object)).toBe(true);
  });

  it.each(['metadata.name=db', 'status.phase!=Running', 'nonsense', 'status.conditions=x', '__proto__.x=y'])(
    'does not hold for %j',
    (selector) => {
      expect(matchesFieldSelector(selector, object)).toBe(false);
    },
  );
});
