import type { Crash } from '../crashes/crashes.ts';
import { nameOf, refOf } from '../objects.ts';
import type { CrashGap } from './crash-gap.ts';

/** What data stores say of files that another version of them has written: the version of the files, then their own. */
const writtenByOther: readonly RegExp[] = [
  // PostgreSQL, `CheckDataVersion` of miscinit.c
  /initialized by PostgreSQL version (?<data>\d+(?:\.\d+)*), which is not compatible with this version (?<own>\d+(?:\.\d+)*)/,
  // MongoDB: an own version is not said, only which ones it would take.
  /featureCompatibilityVersion[^\n]*?\bfound (?<data>\d+(?:\.\d+)*), expected (?<takes>'\d+(?:\.\d+)*')/,
  /[Ii]nvalid feature ?[Cc]ompatibility ?[Vv]ersion (?:value )?'(?<data>\d+(?:\.\d+)*)'/,
  /featureCompatibilityVersion[^\n]*?\bversion: \\?"(?<data>\d+(?:\.\d+)*)\\?"[^\n]*?\bexpected (?<takes>'\d+(?:\.\d+)*')/,
  // MySQL and MariaDB
  /Cannot boot server version (?<own>\d+) on data directory built by version (?<data>\d+)/,
  /Cannot (?:up|down)grade from (?<data>\d+) to (?<own>\d+)/,
  // Elasticsearch and OpenSearch
  /cannot (?:up|down)grade a node from version \[(?<data>\d+(?:\.\d+)*)\] (?:directly )?to version \[(?<own>\d+(?:\.\d+)*)\]/,
  // Redis
  /Can't handle (?<data>RDB format version \d+)/,
];
/** Lines before the end among which it may stand: what follows it is said louder. */
const lastLines = 20;

/** MySQL writes 8.0.34 as 80034. */
const spelt = (version: string | undefined): string | undefined =>
  version?.replace(/^(\d{1,2})(\d\d)(\d\d)$/, (_, major: string, minor: string, patch: string) =>
    [major, minor, patch].map(Number).join('.'),
  );

/** The claim of a data store whose files are of a version that the image does not read. */
export function versionGap({ pod, container, telling, log }: Crash): CrashGap | undefined {
  const lines = [...(telling?.entry.lines ?? []), ...(log?.lines ?? []).slice(-lastLines).map(({ text }) => text)];
  const text = lines.join('\n');
  const groups = writtenByOther.map((pattern) => pattern.exec(text)?.groups).find((each) => each !== undefined);
  const data = spelt(groups?.['data']);
  if (data === undefined) return undefined;
  const claims = (container.spec.volumeMounts ?? []).flatMap(
    ({ name }) => pod.spec?.volumes?.find((each) => each.name === name)?.persistentVolumeClaim?.claimName ?? [],
  );
  const [claim, ...others] = new Set(claims);
  const where =
    claim === undefined || others.length > 0
      ? 'its data directory'
      : nameOf({ kind: 'PersistentVolumeClaim', namespace: pod.metadata.namespace, name: claim });
  const [own, takes] = [spelt(groups?.['own']), groups?.['takes']];
  const isOlder = own === undefined ? data.startsWith('RDB') : own.localeCompare(data, 'en', { numeric: true }) < 0;
  const reads =
    own === undefined ? (takes === undefined ? '' : `, and it reads ${takes} or newer`) : `, and ${own} runs`;
  return {
    says: `${where} holds data of ${data.startsWith('RDB') ? '' : 'version '}${data}${reads}`,
    evidence: [
      { object: refOf(pod), source: 'spec', text: `container ${container.name} has image ${container.spec.image}` },
    ],
    fixes: [
      {
        advice: `set the image of container ${container.name} ${isOlder ? '' : 'back '}to a version that reads data of ${data}${isOlder ? ': the one that wrote them, or a newer one' : ''}`,
        reason: 'it then starts with the data as they are',
      },
      isOlder
        ? {
            advice: `restore ${where} from a backup of before the upgrade, if the older version has to stay`,
            reason: 'an older version does not read data that a newer one has converted',
          }
        : {
            advice: `back up ${where}, then upgrade the data as the program documents it: one major version after the other, or by dump and restore`,
            reason: 'a newer version does not convert them by itself, and deleting the claim loses them',
          },
    ],
  };
}
