import type { Dependency } from './dependencies.ts';
import { nameOf } from './objects.ts';

/** `there is no Service/db in namespace shop`, when that is known. */
export const absence = ({ service, missing, alike }: Dependency): string | undefined =>
  service !== undefined && missing
    ? `there is no ${nameOf(service)} in namespace ${service.namespace}${alike === undefined ? '' : `, but there is ${alike}`}`
    : undefined;

/** What is known of the Service behind it: that it is absent, another name, or how many ready endpoints it has. */
export function serviceState(dependency: Dependency): string {
  const { endpoints, externalName } = dependency;
  if (externalName !== undefined) return `is another name of ${externalName} (ExternalName)`;
  const absent = absence(dependency);
  if (absent !== undefined) return absent;
  if (endpoints === undefined) return 'has endpoints that could not be seen';
  return `has ${endpoints} ready ${endpoints === 1 ? 'endpoint' : 'endpoints'}`;
}
