import { nearest } from '../../platform/nearest.ts';
import { pathIn } from '../file-paths.ts';
import { type AbsentFile, absentFileAt } from '../mounted-files.ts';
import { nameOf, type Pod } from '../objects.ts';
import type { PodContainer } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Finding } from './rule.ts';

/** What a finding says of a file that a ConfigMap or Secret should bring and does not. */
export type AbsentFileClause = Pick<Finding, 'evidence' | 'fixes'> & { readonly says: string };

/** Words for a file that is not there; a `subPath` that is no key becomes an empty directory. */
const missing =
  /no such file|ENOENT|FileNotFound|not found|does not exist|can(?:'t|not) (?:open|find|read|load)|could not (?:open|find|read|load)|unable to (?:open|find|read|load)|is a directory|EISDIR/i;

/** The clause for a path that a text says is not there; `undefined` when it is no such file, or the text says nothing of one. */
export function absentFileIn(
  snapshot: Snapshot,
  where: { readonly pod: Pod; readonly container: PodContainer },
  text: string,
): AbsentFileClause | undefined {
  const path = missing.test(text) ? pathIn(text) : undefined;
  const absent = path === undefined ? undefined : absentFileAt(snapshot, where, path.replace(/[.:]+$/, ''));
  return absent && clauseOf(absent);
}

const shown = 5;

function clauseOf(absent: AbsentFile): AbsentFileClause {
  const { path, file, volume, object, picked, present, unpicked, covered } = absent;
  const name = nameOf(object);
  const has = present.length === 0 ? 'nothing' : present.slice(0, shown).join(', ');
  const says = unpicked.includes(file)
    ? `${name} has key ${file}, but items of volumes[${volume}] does not pick it`
    : picked
      ? `volumes[${volume}] brings ${has} from ${name}, not ${file}`
      : `${name} in volumes[${volume}] has no key ${file}; it has ${has}`;
  const hides = isHidden(absent) ? `, and the mount hides what the image has in ${covered}` : '';
  return {
    says: `${says}${hides}`,
    evidence: [{ object, source: 'spec', text: `volumes[${volume}] holds ${has}` }],
    fixes: fixesOf(absent, path),
  };
}

/** Folders that images bring files in, of which a mount may replace one and is not to hide the others. */
const ofImages = /^\/(?:etc|usr|opt|app|var\/www|srv)\b/;

/** Whether the image may have had the file: it is of another name than all that the volume brings there. */
const isHidden = ({ file, object, present, unpicked, covered }: AbsentFile): boolean =>
  object.kind === 'ConfigMap' &&
  covered !== undefined &&
  ofImages.test(covered) &&
  !unpicked.includes(file) &&
  nearest(file, present, 1).length === 0;

/** `shard-0.conf` is another file than `shard-1.conf`, not a slip of the pen. */
const withoutDigits = (name: string): string => name.replaceAll(/\d+/g, '#');

function fixesOf(absent: AbsentFile, path: string): Finding['fixes'] {
  const { file, volume, object, present, unpicked } = absent;
  const name = nameOf(object);
  if (unpicked.includes(file))
    return [
      { advice: `add key ${file} with path ${file} to items of volumes[${volume}]`, reason: `${name} has that key` },
    ];
  const near = nearest(
    file,
    present.filter((each) => withoutDigits(each) !== withoutDigits(file)),
    1,
  )[0];
  return [
    ...(near === undefined
      ? []
      : [
          {
            advice: `let the program read ${path.slice(0, -file.length)}${near}, or bring key ${near} as ${file} by items of volumes[${volume}]`,
            reason: `${near} is there and differs little`,
          },
        ]),
    ...(isHidden(absent) && present[0] !== undefined
      ? [
          {
            advice: `mount ${present.length === 1 ? present[0] : 'each file'} of volumes[${volume}] alone (mountPath ${absent.covered}/${present[0]}, subPath ${present[0]}), if the image has ${file}`,
            reason: `the other files of the image in ${absent.covered} then stay`,
          },
        ]
      : []),
    { advice: `add key ${file} to ${name} from its source`, reason: `${path} comes from it` },
  ];
}
