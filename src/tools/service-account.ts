import { type Identity, serviceAccountIdentity } from '../engines/access/request.ts';
import type { Reader } from '../kubernetes/ports.ts';
import { AppError } from '../platform/errors.ts';
import type { ToolContext } from './tool.ts';

export interface Account {
  readonly identity: Identity;
  /** That it does not exist: what is bound to it holds all the same. */
  readonly notes: readonly string[];
}

/** The ServiceAccount that people mean by `api` or `shop/api`, whether it exists or not. */
export async function accountOf(
  reader: Reader,
  written: string,
  {
    settings,
    signal,
    namespace,
  }: Pick<ToolContext, 'settings' | 'signal'> & { readonly namespace?: string | undefined },
): Promise<Account> {
  const [first = '', second] = written.split('/');
  const place = second === undefined ? (namespace ?? settings.namespace) : first;
  const name = second ?? first;
  return { identity: serviceAccountIdentity(place, name), notes: await missing(reader, { place, name }, signal) };
}

/** Nothing is said when it cannot be known. */
async function missing(
  reader: Reader,
  { place, name }: { place: string; name: string },
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    await reader.get({ kind: 'ServiceAccount', namespace: place, name }, signal);
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.code === 'not_found' ? [[error.message, error.hint ?? ''].join(' ').trim()] : [];
  }
}
