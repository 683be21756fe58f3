import { chmod, mkdir, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyPath, loadSigningKeys } from '../../../src/kubernetes/live/signing-key.ts';

const aHome = async () => ({ HOME: await mkdtemp(join(tmpdir(), 'kubemend-key-')) });
const bytes = Buffer.alloc(32, 0xfa);

describe('a signing key that is set', () => {
  it.each([
    ['base64', bytes.toString('base64')],
    ['base64url', bytes.toString('base64url')],
    ['hex', bytes.toString('hex')],
  ])('may be %s', async (_name, setting) => {
    expect(await loadSigningKeys({ setting, environment: {} })).toEqual([bytes]);
  });

  it('may be text', async () => {
    const setting = 'correct horse battery staple, wrong donkey'.replace(',', ' and');

    expect(await loadSigningKeys({ setting, environment: {} })).toEqual([Buffer.from(setting)]);
  });

  it('may be several, of which the first signs', async () => {
    const old = Buffer.alloc(40, 1);
    const setting = `${bytes.toString('base64')}, ${old.toString('base64')}`;

    expect(await loadSigningKeys({ setting, environment: {} })).toEqual([bytes, old]);
  });

  it.each(['short', 'a'.repeat(31), bytes.subarray(1).toString('hex').slice(0, 30)])(
    'is too short as %j',
    async (setting) => {
      await expect(loadSigningKeys({ setting, environment: {} })).rejects.toMatchObject({
        code: 'validation_error',
        message: 'The signing key of the setting is shorter than 32 bytes.',
      });
    },
  );
});

describe("a user's own signing key", () => {
  it('is made once, for its user alone', async () => {
    const environment = await aHome();

    const [key] = await loadSigningKeys({ environment });

    const path = join(environment.HOME, '.local/state/kubemend/signing-key');
    expect(key).toHaveLength(32);
    expect(await loadSigningKeys({ setting: ' ', environment })).toEqual([key]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
    expect(Buffer.from(await readFile(path, 'utf8'), 'base64')).toEqual(key);
  });

  it('is one for all who make it at once', async () => {
    const environment = await aHome();

    const keys = await Promise.all(Array.from({ length: 50 }, () => loadSigningKeys({ environment })));

    expect(new Set(keys.map(([key]) => key?.toString('hex'))).size).toBe(1);
    expect(await readdir(dirname(keyPath(environment)))).toEqual(['signing-key']);
  });

  it('is where the state of programs is', () => {
    expect(keyPath({ XDG_STATE_HOME: '/state', HOME: '/home/a' })).toBe('/state/kubemend/signing-key');
    expect(keyPath({ XDG_STATE_HOME: 'relative', HOME: '/home/a' })).toBe('/home/a/.local/state/kubemend/signing-key');
  });

  it.each([
    ['that others may read', 0o640, bytes.toString('base64'), 'Others may read'],
    ['that is cut short', 0o600, 'abc', 'shorter than 32 bytes'],
    ['that is empty', 0o600, '', 'shorter than 32 bytes'],
  ])('%s is not used', async (_name, mode, text, message) => {
    const environment = await aHome();
    const path = keyPath(environment);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    await chmod(path, mode);

    await expect(loadSigningKeys({ environment })).rejects.toMatchObject({
      code: 'validation_error',
      message: expect.stringContaining(message),
    });
  });

  it('is unavailable where nothing can be written', async () => {
    const { HOME } = await aHome();
    await writeFile(join(HOME, 'file'), '');

    await expect(loadSigningKeys({ environment: { XDG_STATE_HOME: join(HOME, 'file') } })).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});
