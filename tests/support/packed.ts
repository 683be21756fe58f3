/** Tar and zip archives as bytes, also such as no program would make. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface TarEntry {
  readonly path: string;
  readonly contents?: string | Buffer;
  /** `0` a file, `1` a hard link, `2` a symbolic link, `3` a device, `6` a pipe (POSIX ustar). */
  readonly type?: string;
  readonly linkTo?: string;
}

/** A ustar archive. Size in bytes is a multiple of 512. */
export function tarBytes(...entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([
    ...entries.flatMap((entry) => {
      const contents = Buffer.from(entry.contents ?? '');
      return [tarHeader(entry, contents.length), contents, Buffer.alloc((512 - (contents.length % 512)) % 512)];
    }),
    Buffer.alloc(1024),
  ]);
}

function tarHeader({ path, type = '0', linkTo = '' }: TarEntry, size: number): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;
  header.write(path, 0, 100);
  header.write(octal(0o644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(size, 12), 124);
  header.write(octal(1_767_225_600, 12), 136);
  header.write(' '.repeat(8), 148);
  header.write(type, 156);
  header.write(linkTo, 157, 100);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

export interface ZipEntry {
  readonly path: string;
  readonly contents: string;
  /** 0 as it is, 8 deflated. */
  readonly method?: number;
  /** Unix mode with the file type; 0 as programs of Windows write it. */
  readonly mode?: number;
  readonly flags?: number;
}

/** A zip archive without extensions (APPNOTE.TXT 6.3.10). */
export function zipBytes(...entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, contents, method = 8, mode = 0, flags = 0 } of entries) {
    const name = Buffer.from(path);
    const packed = method === 8 ? deflateRawSync(contents) : Buffer.from(contents);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(flags, 2);
    facts.writeUInt16LE(method, 4);
    facts.writeUInt32LE(crc32(contents), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(Buffer.byteLength(contents), 18);
    facts.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), facts, name, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt16LE(mode, 8);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\u0003'), facts, rest, name]));
    parts.push(local);
    offset += local.length;
  }
  const end = Buffer.alloc(18);
  const length = directory.reduce((total, entry) => total + entry.length, 0);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, ...directory, Buffer.from('PK\u0005\u0006'), end]);
}
