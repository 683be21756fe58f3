import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import type * as client from '@kubernetes/client-node';
import * as z from 'zod';
import { AppError } from '../../platform/errors.ts';
import { codesOf } from '../error-codes.ts';

export type Library = typeof import('./client-library.ts');

/** What kubectl reads of a user and client-node 2.0 does not. */
export interface UserExtras {
  readonly groups?: readonly string[] | undefined;
}

export interface KubeconfigFiles {
  readonly config: client.KubeConfig;
  readonly extras: ReadonlyMap<string, UserExtras>;
}

interface Sources {
  readonly path?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Where kubeconfigs are looked for, as kubectl does. */
export function kubeconfigPaths({ path, environment }: Sources): readonly string[] {
  const listed = path ?? environment.KUBECONFIG ?? '';
  if (listed !== '') return listed.split(delimiter).filter((entry) => entry !== '');
  const home = environment.HOME ?? environment.USERPROFILE;
  return home === undefined ? [] : [join(home, '.kube', 'config')];
}

/** Reads and merges the files that exist: the first to name something wins, as with kubectl. Broken entries are left out. */
export async function loadFiles(library: Library, paths: readonly string[]): Promise<KubeconfigFiles> {
  const merged = new library.KubeConfig();
  const extras = new Map<string, UserExtras>();
  for (const path of paths.filter((candidate) => existsSync(candidate))) {
    const { config, userExtras } = await loadFile(library, path);
    const known = (all: readonly { readonly name: string }[]) => new Set(all.map(({ name }) => name));
    const users = known(merged.users);
    const [clusters, contexts] = [known(merged.clusters), known(merged.contexts)];
    for (const [name, { extra, tokenFile }] of userExtras) {
      if (users.has(name)) continue;
      extras.set(name, extra);
      if (tokenFile !== undefined) useTokenFile(config, name, resolve(dirname(path), tokenFile));
    }
    merged.clusters = [...merged.clusters, ...config.clusters.filter(({ name }) => !clusters.has(name))];
    merged.users = [...merged.users, ...config.users.filter(({ name }) => !users.has(name))];
    merged.contexts = [...merged.contexts, ...config.contexts.filter(({ name }) => !contexts.has(name))];
    if (config.currentContext) merged.currentContext ??= config.currentContext;
  }
  return { config: merged, extras };
}

interface LoadedFile {
  readonly config: client.KubeConfig;
  readonly userExtras: Awaited<ReturnType<typeof extrasOf>>;
}

async function loadFile(library: Library, path: string): Promise<LoadedFile> {
  try {
    // At once: four turns of the thread pool for some kilobytes cost more than they spare.
    const text = readFileSync(path, 'utf8');
    const config = new library.KubeConfig();
    // An empty file is an empty kubeconfig, as for kubectl.
    config.loadFromString(text.trim() === '' ? '{}' : text, { onInvalidEntry: 'filter' });
    config.makePathsAbsolute(dirname(resolve(path)));
    return { config, userExtras: await extrasOf(text) };
  } catch (cause) {
    const [code] = codesOf(cause);
    throw new AppError(
      'unavailable',
      `The kubeconfig ${path} cannot be read${code === undefined ? '' : ` (${code})`}.`,
      {
        hint: 'It must be readable YAML, as `kubectl config view` prints it.',
        cause,
      },
    );
  }
}

const extraKeys = /\btokenFile\b|\bas-groups\b/;
const extraEntries = z.object({
  users: z
    .array(
      z.object({
        name: z.string().default(''),
        user: z.object({ tokenFile: z.string().optional(), 'as-groups': z.array(z.string()).optional() }).nullish(),
      }),
    )
    .nullish(),
});

/** `tokenFile` and `as-groups`, by user. A second parser is loaded only for the rare file that has one of them. */
async function extrasOf(
  text: string,
): Promise<ReadonlyMap<string, { readonly extra: UserExtras; readonly tokenFile: string | undefined }>> {
  if (!extraKeys.test(text)) return new Map();
  const { parse } = await import('../../platform/yaml-library.ts');
  const { users } = extraEntries.parse(parse(text));
  const entries = (users ?? []).map(
    ({ name, user }) => [name, { extra: { groups: user?.['as-groups'] }, tokenFile: user?.tokenFile }] as const,
  );
  return new Map(entries);
}

/** client-node knows `token-file` only, and reads it once; its file authenticator reads again every minute. */
function useTokenFile(config: client.KubeConfig, name: string, tokenFile: string): void {
  config.users = config.users.map((user) =>
    user.name === name ? { ...user, authProvider: { name: 'tokenFile', config: { tokenFile } } } : user,
  );
}
