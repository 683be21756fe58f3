import { describe, expect, it } from 'vitest';
import { indexObjects } from '../../../src/engines/object-index.ts';
import type { KubernetesObject } from '../../../src/engines/objects.ts';

const object = (kind: string, namespace: string | undefined, name: string, uid = 'first'): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, uid, ...(namespace === undefined ? {} : { namespace }) },
});

const uids = (objects: readonly KubernetesObject[]) =>
  objects.map(({ metadata }) => `${metadata.name} ${metadata.uid}`);

describe('the index of objects', () => {
  it('finds by kind, namespace and name, and nothing else', () => {
    const index = indexObjects([object('Pod', 'shop', 'web'), object('Node', undefined, 'web')]);

    expect(index.find('Pod', 'shop', 'web')?.kind).toBe('Pod');
    expect(index.find('Node', undefined, 'web')?.kind).toBe('Node');
    expect(index.find('Pod', 'bank', 'web')).toBeUndefined();
    expect(index.find('Pod', undefined, 'web')).toBeUndefined();
    expect(index.find('constructor', undefined, 'web')).toBeUndefined();
  });

  it('lists a kind in the order in which it was read, across namespaces', () => {
    const index = indexObjects([object('Pod', 'b', '1'), object('Pod', 'a', '2'), object('Pod', 'b', '3')]);

    expect(uids(index.all('Pod'))).toEqual(['1 first', '2 first', '3 first']);
    expect(uids(index.within('Pod', 'b'))).toEqual(['1 first', '3 first']);
    expect(index.within('Pod', undefined)).toEqual([]);
    expect(index.all('Service')).toEqual([]);
  });

  it('lets the later of two stand in the place of the first', () => {
    const index = indexObjects([object('Pod', 'a', '1'), object('Pod', 'a', '2'), object('Pod', 'a', '1', 'later')]);

    expect(uids(index.all('Pod'))).toEqual(['1 later', '2 first']);
    expect(uids(index.within('Pod', 'a'))).toEqual(['1 later', '2 first']);
  });
});
