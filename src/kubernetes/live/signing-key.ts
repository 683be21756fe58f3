import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { homedir, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { AppError } from '../../platform/errors.ts';
import { codesOf } from '../error-codes.ts';

export interface SigningKeyOptions {
  /** Keys as base64, hex or text of at least 32 bytes, with commas between them; the first signs. */
  readonly setting?: string | undefined;
  /** Where `XDG_STATE_HOME` and `HOME` are looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const leastBytes = 32;

/**
 * The keys that actions are signed with: those of the setting, or the one of this user's own file, which is made when
 * there is none. Replicas need a setting; people at a terminal do not. @throws AppError `validation_error`, `unavailable`.
 */
export async function loadSigningKeys({ setting, environment }: SigningKeyOptions): Promise<readonly Buffer[]> {
  const written = (setting ?? '').split(',').flatMap((value) => value.trim() || []);
  if (written.length > 0) return written.map((value) => checked(keyOf(value), 'of the setting'));
  const path = keyPath(environment);
  try {
    return [await ownKey(path)];
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('unavailable', `The key that actions are signed with cannot be kept in ${path}.`, {
      hint: 'Make the folder writable, or set a signing key.',
      cause: error,
    });
  }
}

/** `~/.local/state/kubemend/signing-key`, or where the XDG Base Directory Specification has it. */
export function keyPath({ XDG_STATE_HOME: state, HOME: home }: SigningKeyOptions['environment']): string {
  // Relative paths are to be ignored, says the specification.
  const folder = state?.startsWith('/') ? state : join(home || homedir(), '.local', 'state');
  return join(folder, 'kubemend', 'signing-key');
}

async function ownKey(path: string): Promise<Buffer> {
  const known = await keyIn(path);
  if (known !== undefined) return known;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await putKey(path);
  // It may be another process's: whoever was first has made the key of both.
  return (await keyIn(path)) ?? noKey(path);
}

/** A link is made whole or not at all, and never over what is there. */
async function putKey(path: string): Promise<void> {
  const draft = `${path}.${randomBytes(8).toString('hex')}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${randomBytes(leastBytes).toString('base64')}\n`);
    await file.sync();
    await link(draft, path);
  } catch (error) {
    if (!codesOf(error).includes('EEXIST')) throw error;
  } finally {
    await file.close();
    await unlink(draft);
  }
}

async function keyIn(path: string): Promise<Buffer | undefined> {
  try {
    const { mode } = await stat(path);
    if (platform() !== 'win32' && (mode & 0o077) !== 0) throw readableByOthers(path);
    return checked(keyOf((await readFile(path, 'utf8')).trim()), `in ${path}`);
  } catch (error) {
    if (codesOf(error).includes('ENOENT')) return undefined;
    throw error;
  }
}

/** However it is written, the same text is always the same key. */
function keyOf(written: string): Buffer {
  if (/^(?:[0-9a-f]{2}){32,}$/i.test(written)) return Buffer.from(written, 'hex');
  if (/^[\w+/-]{43,}={0,2}$/.test(written)) return Buffer.from(written, 'base64');
  return Buffer.from(written);
}

function checked(key: Buffer, where: string): Buffer {
  if (key.length >= leastBytes) return key;
  throw new AppError('validation_error', `The signing key ${where} is shorter than ${leastBytes} bytes.`, {
    hint: 'Make one with: openssl rand -base64 32',
  });
}

const readableByOthers = (path: string): AppError =>
  new AppError('validation_error', `Others may read the signing key in ${path}, or write it.`, {
    hint: `Run chmod 600 ${path}, or remove it: plans that wait for approval are lost then.`,
  });

function noKey(path: string): never {
  throw new AppError('unavailable', `The signing key in ${path} went away.`, { hint: 'Try again.' });
}
