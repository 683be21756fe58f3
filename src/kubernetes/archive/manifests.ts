import { type Layout, nothing, partsOfPath, typeNamed } from './layout.ts';

const objectEndings = new Set(['json', 'yaml', 'yml']);
/** How people name what they keep of a command's output. */
const textEndings = new Set(['', 'txt', 'out', 'dump', 'jsonl', 'ndjson']);

/**
 * Files that somebody made with `kubectl get -o json|yaml`: any names, any folders, lists, single objects, several
 * documents in one; also the stream that `kubectl cluster-info dump` prints. A file named after a kind tells what an
 * empty list is a list of, its folder of which namespace. A `.log` beside them may be one of a pod.
 */
export const manifests: Layout = {
  name: 'files of objects',
  meaningOf(path) {
    const { folders, name, ending } = partsOfPath(path);
    // What editors, archivers and version control leave behind.
    if (/^[._]/.test(name) || folders.some((folder) => /^(\.|__MACOSX$)/.test(folder))) return nothing;
    if (ending === 'log') return { as: 'named log' };
    const trust = objectEndings.has(ending) ? 'sure' : 'unsure';
    if (trust === 'unsure' && !textEndings.has(ending)) return nothing;
    return { as: 'objects', type: typeNamed(name), namespace: folders.at(-1), trust };
  },
};
