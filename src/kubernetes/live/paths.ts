import { checkedName } from '../names.ts';
import type { ResourceType } from '../ports.ts';

export interface Place {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
}

/** URL path of a resource; every part is checked, then encoded. */
export function pathOf(
  { group, version, resource, namespaced }: ResourceType,
  { namespace, name, subresource }: Place,
): string {
  const root = group === '' ? `/api/${encode(version)}` : `/apis/${encode(group)}/${encode(version)}`;
  const within =
    namespaced && namespace !== undefined ? `/namespaces/${encode(checkedName(namespace, 'namespace'))}` : '';
  const object = name === undefined ? '' : `/${encode(checkedName(name, 'name'))}`;
  return `${root}${within}/${encode(resource)}${object}${subresource === undefined ? '' : `/${subresource}`}`;
}

const encode = encodeURIComponent;

/** `?a=b&c=d` of what is defined and not empty. */
export function queryOf(parameters: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== '');
  if (given.length === 0) return '';
  return `?${new URLSearchParams(given.map(([key, value]): [string, string] => [key, String(value)])).toString()}`;
}

export const accepts = {
  table: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
  metadata: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json',
  full: 'application/json',
} as const;
