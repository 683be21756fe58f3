import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf, revisionOf } from '../../../../src/kubernetes/live/stored-revisions.ts';
import { anObject, ownedBy } from '../../../support/builders.ts';

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'web:1' }] } };
const owner = anObject('Deployment', 'web');
const replicaSet = (spec: object, annotations = { 'deployment.kubernetes.io/revision': '4' }) =>
  anObject('ReplicaSet', 'web-1', { metadata: { ...ownedBy(owner), annotations }, spec });

describe('the digest of a template', () => {
  it('is the same whatever the order of its fields', () => {
    const { metadata, spec } = template;

    expect(digestOf({ spec, metadata })).toBe(digestOf(template));
    expect(digestOf({ spec: { a: 1, b: { c: 2, d: 3 } } } as object)).toBe(
      digestOf({ spec: { b: { d: 3, c: 2 }, a: 1 } } as object),
    );
  });

  it('is the same with the label of a ReplicaSet, and with what old servers write', () => {
    const labels = { 'pod-template-hash': '5d8f', app: 'web' };
    const old = JSON.parse('{"creationTimestamp":null}') as object;

    expect(digestOf({ ...template, metadata: { ...old, labels } })).toBe(digestOf(template));
  });

  it.each([
    { ...template, spec: { containers: [{ name: 'app', image: 'web:2' }] } },
    { ...template, metadata: { labels: { app: 'web', other: 'label' } } },
    { ...template, spec: { containers: [{ name: 'app', image: 'web:1' }, { name: 'b' }] } },
    {},
  ])('differs for %j', (other) => {
    expect(digestOf(other)).not.toBe(digestOf(template));
  });

  it('takes any JSON', () => {
    const anyDigest = (spec: unknown) => digestOf({ spec } as typeof template);

    fc.assert(
      fc.property(fc.jsonValue(), (spec) => {
        expect(anyDigest(spec)).toBe(anyDigest(JSON.parse(JSON.stringify(spec))));
      }),
    );
  });
});

describe('revisionOf', () => {
  it('tells number, owner and template of a ReplicaSet', () => {
    const labels = { app: 'web', 'pod-template-hash': '5d8f' };

    expect(revisionOf('ReplicaSet', replicaSet({ template: { ...template, metadata: { labels } } }))).toEqual({
      number: 4,
      object: { kind: 'ReplicaSet', namespace: 'shop', name: 'web-1' },
      template,
      digest: digestOf(template),
      owner: owner.metadata.uid,
    });
  });

  it('tells those of a ControllerRevision', () => {
    const data = { spec: { template: { $patch: 'replace', ...template } } };

    expect(revisionOf('ControllerRevision', { metadata: { name: 'db-1' }, revision: 2, data })).toEqual({
      number: 2,
      object: { kind: 'ControllerRevision', name: 'db-1' },
      template,
      digest: digestOf(template),
      owner: undefined,
    });
  });

  it('has no owner where none controls it', () => {
    const { metadata, ...rest } = replicaSet({ template });
    const ownerReferences = (metadata.ownerReferences ?? []).map((each) => ({ ...each, controller: false }));

    expect(revisionOf('ReplicaSet', { ...rest, metadata: { ...metadata, ownerReferences } })?.owner).toBeUndefined();
  });

  it.each([
    ['nothing', undefined],
    ['an empty object', {}],
    ['a ReplicaSet without a number', replicaSet({ template }, { 'deployment.kubernetes.io/revision': 'x' })],
    ['a ReplicaSet without a template', replicaSet({})],
    ['a template without a spec', replicaSet({ template: { metadata: {} } })],
  ])('is silent on %s', (_name, object) => {
    expect(revisionOf('ReplicaSet', object)).toBeUndefined();
    expect(revisionOf('ControllerRevision', object)).toBeUndefined();
  });
});
