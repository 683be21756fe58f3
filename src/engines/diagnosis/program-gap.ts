import { nearest } from '../../platform/nearest.ts';
import { configuredTexts } from '../configured.ts';
import type { Crash } from '../crashes/crashes.ts';
import { pathIn } from '../file-paths.ts';
import { variableLink, variablesIn } from '../log-links.ts';
import { nameOf, refOf } from '../objects.ts';
import { referencesOf } from '../references.ts';
import type { Snapshot } from '../snapshot.ts';
import { absentFileIn } from './absent-file.ts';
import { absentKeyGap } from './absent-key.ts';
import { absentObjectGap } from './absent-object-gap.ts';
import { brokenFileGap } from './broken-file.ts';
import { type CrashGap, crashGap } from './crash-gap.ts';
import { linkGap } from './crash-network-gap.ts';
import { lineBreakGap } from './line-break-gap.ts';
import { ownNameGap } from './own-name-gap.ts';
import { settingGap } from './setting-gap.ts';
import { demandedVariableGap, shellVariableGap } from './shell-variable.ts';
import { missingVariableIn } from './variable-fix.ts';

/** What in the cluster a program complains about that ends by itself: what its pod lacks, or is given wrongly. */
export function programGap(snapshot: Snapshot, crash: Crash): CrashGap | undefined {
  const text = textOf(crash);
  return (
    ownNameGap(snapshot, crash) ??
    optionalGap(snapshot, crash) ??
    linkGap(snapshot, crash.pod, crash.container, text) ??
    absentKeyGap(snapshot, crash, text) ??
    shellVariableGap(crash) ??
    crashGap(snapshot, crash) ??
    demandedVariableGap(crash) ??
    absentFileIn(snapshot, crash, text) ??
    absentObjectGap(snapshot, crash, text) ??
    brokenValueGap(snapshot, crash) ??
    settingNamed(snapshot, crash) ??
    settingGap(snapshot, crash, text) ??
    brokenFileGap(snapshot, crash, text) ??
    besideGap(snapshot, crash)
  );
}

/** Words about a value, which may stand beside the line that says that all failed. */
const aboutValue = /\b(?:invalid|must be|not a valid|out of range|unexpected value|not allowed)\b/i;
const lastLines = 5;

/** The setting that one of the last lines calls wrong, when the most telling one names none. */
function besideGap(snapshot: Snapshot, crash: Crash): CrashGap | undefined {
  const line = crash.log?.lines.slice(-lastLines).find(({ text }) => aboutValue.test(text));
  const gap = line === undefined ? undefined : settingGap(snapshot, crash, line.text);
  if (gap === undefined || line === undefined) return namedBefore(crash);
  const said = { object: refOf(crash.pod), source: 'log' as const, text: line.text.slice(0, 300), at: line.at };
  return { ...gap, evidence: [said, ...gap.evidence] };
}

/** The variable that a program named right before it fell, when it takes that from a Secret or ConfigMap. */
function namedBefore({ pod, container, log, telling }: Crash): CrashGap | undefined {
  const lines = log?.lines ?? [];
  const at = lines.findLastIndex(({ text }) => text === telling?.entry.lines[0]);
  const before = at < 1 ? undefined : lines[at - 1];
  const [link, ...others] = variablesIn(before?.text ?? '').flatMap(
    (name) => variableLink({ pod, container }, name) ?? [],
  );
  if (before === undefined || link?.object === undefined || others.length > 0) return undefined;
  return {
    says: `right before that it speaks of ${link.word}, and ${link.says}`,
    evidence: [{ object: refOf(pod), source: 'log', text: before.text.slice(0, 300), at: before.at }],
    fixes: [
      {
        advice: `check the value of ${link.word} in ${nameOf(link.object)}`,
        reason: 'it is the last that the program named before it failed',
      },
    ],
  };
}

/** Words about a value from elsewhere, also as it looks with a line break in it. */
const ofValue =
  /\b(?:invalid|unknown option|not (?:a )?valid|malformed|pars(?:e|ing)|does not exist|auth\w*|credentials?|password|control character|illegal|unexpected|header)\b|\\n\\?["']/i;

function brokenValueGap(snapshot: Snapshot, crash: Crash): CrashGap | undefined {
  const last = crash.log?.lines.slice(-lastLines).map(({ text }) => text) ?? [];
  return ofValue.test([textOf(crash), ...last].join('\n')) ? lineBreakGap(snapshot, crash) : undefined;
}

const textOf = ({ telling }: Pick<Crash, 'telling'>): string => telling?.entry.lines.join('\n') ?? '';

/** A ConfigMap or Secret that may be absent, is, and whose volume covers the file that the log misses. */
function optionalGap(snapshot: Snapshot, { pod, container, telling }: Crash): CrashGap | undefined {
  const text = textOf({ telling });
  const path = /no such file|ENOENT|FileNotFound|not found|does not exist/i.test(text) ? pathIn(text) : undefined;
  const mounts = (container.spec.volumeMounts ?? []).filter(
    ({ mountPath }) => mountPath !== undefined && path?.startsWith(mountPath.replace(/\/*$/, '/')),
  );
  const fields = new Set(mounts.map(({ name }) => `volumes[${name}]`));
  const { namespace } = pod.metadata;
  const absent = referencesOf(pod.spec).find(
    ({ kind, name, optional, field }) =>
      optional && fields.has(field) && snapshot.presence(kind, namespace, name) === 'absent',
  );
  if (absent === undefined) return undefined;
  const { kind, name, field } = absent;
  const near = nearest(name, snapshot.names(kind, namespace), 1)[0];
  const object = { kind, namespace, name };
  const says = `${nameOf(object)}, which ${field} calls optional, does not exist${near === undefined ? '' : `; ${near} does`}`;
  return {
    says,
    evidence: [{ object, source: 'recomputed', text: `${nameOf(object)} was looked for and not found` }],
    fixes: [
      near === undefined
        ? {
            advice: `apply ${nameOf(object)} from its source to namespace ${namespace}`,
            reason: `${path} comes from it`,
          }
        : { advice: `set ${field} to ${kind} ${near}`, reason: `${near} exists and differs little` },
    ],
  };
}

/** Where the variable stands that the log complains about, when the container has it. */
function settingNamed(snapshot: Snapshot, crash: Crash): CrashGap | undefined {
  const { pod, container } = crash;
  const found = variablesIn(crash.telling?.words ?? '').flatMap((name) => {
    const field = configuredTexts(snapshot, crash).find(({ variable }) => variable === name)?.field;
    const own = container.spec.env?.some((each) => each.name === name && each.value);
    return own ? [{ name, at: `env[${name}]` }] : field === undefined ? [] : [{ name, at: field }];
  })[0];
  if (found === undefined) return undefined;
  // Of a value that is there and not taken programs say that it is not set, too.
  const denied = missingVariableIn(crash.telling?.words ?? '') === found.name;
  const says = denied
    ? `${found.at} gives ${found.name} a value, which the program does not take`
    : `${found.name} is set in ${found.at}`;
  return {
    says,
    evidence: [{ object: refOf(pod), source: 'spec', text: `container ${container.name}: ${says}` }],
    fixes: [{ advice: `correct the value of ${found.name} in ${found.at}`, reason: crash.says ?? 'the log names it' }],
  };
}
