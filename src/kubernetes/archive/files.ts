import { AppError } from '../../platform/errors.ts';

/** One regular file of an archive or a folder. */
export interface ArchiveFile {
  /** Relative to the root, with `/`, as the archive says: never used to open anything. */
  readonly path: string;
  /** Its contents; read at most once, and only until the next file is given. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** When it was written last, in milliseconds. */
  readonly modified?: number | undefined;
}

/** Looks at one file. The next one comes when it is done; what it did not read is skipped. */
export type EachFile = (file: ArchiveFile) => Promise<void>;

/** What keeps a foreign archive from filling the memory or never ending. */
export interface BundleLimits {
  /** Of everything, unzipped. */
  readonly totalBytes: number;
  /** How many times larger than the file its contents may be, once they are larger than `ratioFromBytes`. */
  readonly ratio: number;
  readonly ratioFromBytes: number;
  readonly files: number;
  /** Characters of one JSON or YAML document: parsed, it takes many times as much. */
  readonly documentLength: number;
  readonly objects: number;
  /** Characters of the parts of logs that are kept, altogether. */
  readonly logLength: number;
}

const mebibyte = 1024 ** 2;
export const bundleLimits: BundleLimits = {
  totalBytes: 8 * 1024 * mebibyte,
  ratio: 300,
  ratioFromBytes: 256 * mebibyte,
  files: 200_000,
  documentLength: 64 * mebibyte,
  objects: 300_000,
  logLength: 64 * mebibyte,
};

/** What a person can pass, in the hint of every error about a file that is none of it. */
const readable =
  'Pass what kubemend snapshot wrote, a support bundle, a must-gather, the output of kubectl cluster-info dump, or files of kubectl get -o yaml.';

/** A file or folder that cannot be read as an archive, in one sentence about it. */
export const unreadable = (path: string, sentence: string, cause?: unknown): AppError =>
  new AppError('validation_error', `${path} ${sentence}.`, { hint: readable, cause });

/** An archive that holds more than is read. */
export const tooMuch = (path: string, what: string): AppError =>
  new AppError('validation_error', `${path} holds ${what}; it is not read.`, {
    hint: 'Pass the part of it that matters, such as the folder of one namespace.',
  });

/** One file of many cannot be read: a blind spot, the others are read all the same. */
export class FileProblem extends Error {}

/** Ends in the middle: what came until then was read. */
export class CutOff extends Error {}
