import { describe, expect, it } from 'vitest';
import { eventOf } from '../../../../src/kubernetes/live/announce.ts';
import { aPrecondition } from '../../../support/action-records.ts';
import { now } from '../../../support/builders.ts';

const announced = (message: string, name = 'web') =>
  eventOf({
    on: aPrecondition({ object: { kind: 'Deployment', namespace: 'shop', name } }),
    event: { type: 'Warning', reason: 'Failed', message },
    at: now,
  });

describe('an Event', () => {
  it('says what happened to which object, and when', () => {
    expect(announced('it did not help')).toMatchObject({
      involvedObject: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web', uid: 'uid-web' },
      type: 'Warning',
      message: 'it did not help',
      firstTimestamp: now,
      lastTimestamp: now,
    });
  });

  it('is no longer than the API server takes', () => {
    const { message, metadata } = announced('x'.repeat(5000), 'n'.repeat(253)) as {
      message: string;
      metadata: { name: string };
    };

    expect(message).toBe(`${'x'.repeat(1023)}…`);
    expect(metadata.name.length).toBeLessThanOrEqual(253);
  });

  it('has a name of its own', () => {
    expect(announced('a')).not.toMatchObject({ metadata: (announced('a') as { metadata: object }).metadata });
  });
});
