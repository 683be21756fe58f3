import type { ResourceType } from '../../src/kubernetes/ports.ts';

/** A kind of the core group, namespaced unless told. */
export const aType = (kind: string, fields: Partial<ResourceType> = {}): ResourceType => ({
  group: '',
  version: 'v1',
  kind,
  resource: `${kind.toLowerCase()}s`,
  namespaced: true,
  verbs: ['get', 'list'],
  shortNames: [],
  ...fields,
});
