import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BytecodeCache, canWriteCache, readCache, writeCache } from '../../../scripts/bytecode-cache.ts';

let home: string;
let file: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kubemend-'));
  file = join(home, 'kubemend/bytecode/program');
});
afterEach(() => rmSync(home, { recursive: true }));

const aCache: BytecodeCache = {
  status: 1,
  parts: new Map([
    ['./program.js', Buffer.from('odd')],
    ['./empty.js', Buffer.alloc(0)],
    ['./engines.js', Buffer.alloc(1_000, 7)],
  ]),
};

describe('the bytecode of earlier runs', () => {
  it('is read as it was written, aligned as V8 wants it', () => {
    writeCache(file, aCache);

    const read = readCache(file);

    expect(read).toEqual({ ...aCache, writtenAt: statSync(file).mtimeMs });
    const [, ...offsets] = [...(read?.parts.values() ?? [])].map(({ byteOffset }) => byteOffset);
    expect(offsets.every((offset) => offset % 8 === (read?.parts.get('./program.js')?.byteOffset ?? 0) % 8)).toBe(true);
  });

  it('is for nobody else to read or write', () => {
    writeCache(file, aCache);

    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
  });

  it.each([
    ['cut short', () => truncateSync(file, 1_000)],
    ['cut to nothing', () => truncateSync(file, 0)],
    ['not what was written', () => writeFileSync(file, readFileSync(file).fill(9, 200, 210))],
    ['writable by others', () => chmodSync(file, 0o666)],
    ['not there', () => rmSync(file)],
  ])('is not used when it is %s', (_what, harm) => {
    writeCache(file, aCache);
    harm();

    expect(readCache(file)).toBeUndefined();
  });

  it.skipIf(process.getuid?.() !== 0)("is not used when it is somebody else's", () => {
    writeCache(file, aCache);
    chownSync(file, 65532, 65532);

    expect(readCache(file)).toBeUndefined();
  });

  it('is not kept where nothing can be written', () => {
    writeFileSync(join(home, 'kubemend'), 'a file');

    expect(() => writeCache(file, aCache)).not.toThrow();
    expect(canWriteCache(file)).toBe(false);
    expect(readCache(file)).toBeUndefined();
  });
});
