import { describe, expect, it } from 'vitest';
import { findingOf } from '../../../../src/tools/mend/finding.ts';
import { anExplanation } from '../../../support/explanations.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const cause = (rule: string, fields: object = {}) => ({
  id: rule,
  rule,
  object: web,
  summary: rule,
  confidence: 0.9,
  chain: [],
  fixes: [],
  ...fields,
});
const foundIn = (...causes: readonly object[]) =>
  findingOf({ name: 'restart_workload', target: web }, { ...anExplanation(), causes: causes as never })?.rule;

describe('what an action is to mend', () => {
  it('is the cause whose remedy it is, before others of the same object', () => {
    const fix = { tool: 'restart_workload', arguments: { object: 'deployment/web' }, reason: '' };

    expect(foundIn(cause('first'), cause('second', { fixes: [fix] }))).toBe('second');
  });

  it('is else the first cause of the object, or whose chain leads to it', () => {
    const elsewhere = { object: { ...web, name: 'db' } };

    expect(foundIn(cause('other', elsewhere), cause('chained', { ...elsewhere, chain: [{ object: web }] }))).toBe(
      'chained',
    );
  });

  it('is a mere risk when that one names the action, and no cause does', () => {
    const leftover = { kind: 'Pod', namespace: 'shop', name: 'web-1' };
    const evict = (object: string) => ({ tool: 'evict_pod', arguments: { object }, reason: '' });
    const found = (fix: object, causes: readonly object[] = []) =>
      findingOf(
        { name: 'evict_pod', target: leftover },
        { ...anExplanation(), causes: causes as never, risks: [cause('leftovers', { fixes: [fix] })] as never },
      );

    expect(found(evict('pod/web-1'))).toEqual({
      rule: 'leftovers',
      object: web,
      summary: 'leftovers',
      confidence: 0.9,
    });
    expect(found(evict('pod/web-2'))).toBeUndefined();
    expect(found(evict('pod/web-1'), [cause('first', { fixes: [evict('pod/web-1')] })])?.rule).toBe('first');
  });

  it('is nothing when the object is well', () => {
    expect(foundIn()).toBeUndefined();
    expect(foundIn(cause('other', { object: { ...web, namespace: 'pay' } }))).toBeUndefined();
  });
});
