import type { Crash } from '../crashes/crashes.ts';
import { pathIn } from '../file-paths.ts';
import { refOf } from '../objects.ts';
import type { CrashGap } from './crash-gap.ts';
import { obstacleOf } from './file-obstacles.ts';

/** SQLite's words for a file that it can neither find nor make: its folder is missing, or not writable. */
const cannotOpen = /\bunable to open (?:the )?database file\b|\bSQLITE_CANTOPEN\b/i;

/** What keeps SQLite from its file: a mount that is read-only, or a volume that belongs to another user. */
export function databaseFileGap({ pod, container, telling }: Crash): CrashGap | undefined {
  const text = telling?.entry.lines.find((line) => cannotOpen.test(line));
  if (text === undefined) return undefined;
  const readOnly = container.spec.securityContext?.readOnlyRootFilesystem === true;
  const { kind, text: says } = obstacleOf(pod, container, { path: pathIn(text.replace(/https?:\S+/g, '')), readOnly });
  const { securityContext } = pod.spec ?? {};
  const user = container.spec.securityContext?.runAsUser ?? securityContext?.runAsUser ?? 0;
  const isForeign = kind === 'owner' && user !== 0 && securityContext?.fsGroup === undefined;
  if (!(isForeign || kind === 'mount' || kind === 'config' || kind === 'root')) return undefined;
  const reason = 'SQLite makes its file and a journal beside it, so the user needs to write to their folder';
  return {
    says,
    evidence: [{ object: refOf(pod), source: 'spec', text: says }],
    fixes: [
      isForeign
        ? { advice: `set spec.securityContext.fsGroup to the group that container ${container.name} runs with`, reason }
        : { advice: `mount a writable volume where container ${container.name} keeps its database`, reason },
    ],
  };
}
