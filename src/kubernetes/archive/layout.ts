import { matcherOf } from '../kind-names.ts';
import { builtinTypes, splitApiVersion } from '../live/builtin-types.ts';
import type { ResourceType } from '../ports.ts';

/** What one file of an archive is, as its path tells. */
export type Meaning =
  | {
      readonly as: 'objects';
      /** What its items are when they do not say so themselves. */
      readonly type?: ResourceType | undefined;
      /** The namespace that a list is of, also when it is empty. */
      readonly namespace?: string | undefined;
      /**
       * `list`: all there are, also when it is empty or null. `gathered`: one of all there are, provided that a
       * must-gather collected them.
       */
      readonly holds?: 'list' | 'gathered' | undefined;
      /** `sure`: it should be readable. `unsure`: read if its beginning looks like objects, else passed over. */
      readonly trust: 'sure' | 'unsure';
    }
  | {
      readonly as: 'log';
      readonly namespace: string;
      readonly pod: string;
      readonly container: string;
      readonly previous: boolean;
    }
  /** A log, if its name is one of a pod that the archive holds; or objects. */
  | { readonly as: 'named log' }
  /** Logs of one pod, framed as `kubectl cluster-info dump` does. */
  | { readonly as: 'framed logs'; readonly namespace: string; readonly pod: string }
  /** Why lists of a kind could not be read: a map from namespace to message, or messages. */
  | { readonly as: 'errors'; readonly type: ResourceType }
  /** `{"info": {"gitVersion"}}` of the API server. */
  | { readonly as: 'version' }
  /** What collected it, in its first line. */
  | { readonly as: 'collector' }
  /** Lines with the time at which collecting began and ended. */
  | { readonly as: 'timestamp' }
  | { readonly as: 'nothing' };

/** One way to lay out an archive. */
export interface Layout {
  readonly name: string;
  /** What the file at this path is, or undefined when the path is none of this layout. */
  meaningOf(path: string): Meaning | undefined;
}

export const nothing: Meaning = { as: 'nothing' };

/** The built-in type that a folder or file is named after: `pods`, `network-policy`, `pvcs`, `hpa`. */
export function typeNamed(name: string): ResourceType | undefined {
  const plain = name.toLowerCase().replaceAll(/[-_]/g, '');
  return (
    builtinTypes.find(matcherOf(plain)) ??
    (plain.endsWith('s') ? builtinTypes.find(({ shortNames }) => shortNames.includes(plain.slice(0, -1))) : undefined)
  );
}

export const typeOf = ({ apiVersion, kind }: { apiVersion: string; kind: string }): ResourceType | undefined =>
  builtinTypes.find((type) => type.kind === kind && type.group === splitApiVersion(apiVersion).group);

/** Folders above the file, from the outermost, and its name without ending. */
export function partsOfPath(path: string): { folders: readonly string[]; name: string; ending: string } {
  const folders = path.split('/').filter((part) => !/^\.{0,2}$/.test(part));
  const file = folders.pop() ?? '';
  const [, name = file, ending = ''] = /^(.+)\.(\w{1,8})$/.exec(file) ?? [];
  return { folders, name, ending: ending.toLowerCase() };
}

/** The parts after the last folder of this name, or undefined when there is none. */
export function after(folder: string, folders: readonly string[]): readonly string[] | undefined {
  const at = folders.lastIndexOf(folder);
  return at < 0 ? undefined : folders.slice(at + 1);
}
