import { configuredTexts } from '../../../configured.ts';
import { deathLog } from '../../../crashes/death-log.ts';
import { pathIn } from '../../../file-paths.ts';
import { isFolder, mountOf, variableLink, variablesIn } from '../../../log-links.ts';
import { nameOf, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { absentFileIn } from '../../absent-file.ts';
import { absentKeyGap } from '../../absent-key.ts';
import { brokenFileGap } from '../../broken-file.ts';
import { linkGap } from '../../crash-network-gap.ts';
import { type LogFault, logFindings, ofContainer, textOf } from '../../log-finding.ts';
import { ownNameGap } from '../../own-name-gap.ts';
import { defineRule, type Fix } from '../../rule.ts';
import { settingGap } from '../../setting-gap.ts';
import { missingVariableIn, misspeltVariable, variableFix } from '../../variable-fix.ts';

export const logConfigParse = defineRule({
  id: 'log-config-parse',
  title: 'The application cannot use its configuration',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'A setting that the application needs is missing, or a configuration file is not well-formed.',
  detection:
    'The log line that tells most about a crash, or about a readiness check that answers with an error, or that a ' +
    'ready container repeats up to now, says so in known words: a missing environment variable, an error of YAML, ' +
    'JSON, TOML or nginx with its file or line. The variable is looked up in the container, a file in its mounts, ' +
    'and the ConfigMap or Secret behind them is named. Silent when the file is not there at all.',
  remedies: ['Set the variable, or correct the file at its source.', 'Revert the change of the configuration.'],
  avoid: ['restarting: it reads the same configuration again'],

  check: (snapshot) => logFindings(snapshot, 'log-config-parse', (fault) => judge(snapshot, fault)),
});

function judge(snapshot: Snapshot, fault: LogFault) {
  const absent = absentFileIn(snapshot, fault, textOf(fault));
  if (absent !== undefined) return { clause: ` (${absent.says})`, evidence: absent.evidence, fixes: absent.fixes };
  const absentKey = absentKeyGap(snapshot, fault, textOf(fault));
  const gap =
    ownNameGap(snapshot, { pod: fault.pod, log: deathLog(snapshot, fault.pod, fault.container) }) ??
    absentKey ??
    linkGap(snapshot, fault.pod, fault.container, textOf(fault)) ??
    (sourceOf(fault) === undefined
      ? (settingGap(snapshot, fault, textOf(fault)) ?? brokenFileGap(snapshot, fault, textOf(fault)))
      : undefined);
  if (gap !== undefined) return { clause: ` (${gap.says})`, evidence: gap.evidence, fixes: gap.fixes };
  const misspelt = misspeltVariable(fault.container, textOf(fault));
  if (misspelt !== undefined) {
    const { missing, has } = misspelt;
    const env = `env of container ${fault.container.name}`;
    return {
      clause: ` (${env} has no ${missing}; it has ${has})`,
      evidence: [{ object: refOf(fault.pod), source: 'spec' as const, text: `${env} has ${has}, not ${missing}` }],
      fixes: [
        {
          advice: `rename ${has} in ${env} to ${missing}`,
          reason: 'the names differ little, and the program asks for that one',
        },
        ...variableFix(snapshot, fault, textOf(fault)),
      ],
    };
  }
  const source = sourceOf(fault) ?? onlyFile(snapshot, fault);
  const fixes: readonly Fix[] = [
    ...variableFix(snapshot, fault, textOf(fault)),
    ...(source === undefined ? [] : [{ advice: source.advice, reason: source.says }]),
  ];
  const plain: Fix = {
    advice: `correct the configuration${ofContainer(fault)} that the log complains about`,
    reason: 'the application reads it at its start and ends',
  };
  return {
    clause: source === undefined ? '' : ` (${source.says})`,
    evidence: [],
    fixes: fixes.length > 0 ? fixes : [plain],
  };
}

/** The one file of a ConfigMap that the container mounts, when the line names no file. */
function onlyFile(snapshot: Snapshot, fault: LogFault): ReturnType<typeof sourceOf> {
  if (missingVariableIn(textOf(fault)) !== undefined) return undefined;
  const [only, ...others] = configuredTexts(snapshot, fault).filter(({ variable }) => variable === undefined);
  return only === undefined || others.length > 0
    ? undefined
    : { says: `the only file of a ConfigMap that it mounts is ${only.field}`, advice: `look at ${only.field}` };
}

/** Where the setting comes from that the line names: a variable of the container, or a file of a volume. */
function sourceOf(fault: LogFault): { readonly says: string; readonly advice: string } | undefined {
  const text = textOf(fault);
  const variable = variablesIn(text).flatMap((name) => variableLink(fault, name) ?? [])[0];
  if (variable !== undefined) {
    const where =
      variable.object === undefined ? `env[${variable.word}]${ofContainer(fault)}` : nameOf(variable.object);
    return { says: variable.says, advice: `correct the value of ${variable.word} in ${where}` };
  }
  const path = pathIn(text);
  const mount = path === undefined ? undefined : mountOf(fault.container, path);
  const volume = fault.pod.spec?.volumes?.find(({ name }) => name === mount?.name);
  const name = volume?.configMap?.name ?? volume?.secret?.secretName;
  if (path === undefined || mount === undefined || name === undefined || isFolder(path, mount)) return undefined;
  const object = `${volume?.configMap === undefined ? 'Secret' : 'ConfigMap'}/${name}`;
  const key = mount.subPath ?? path.split('/').at(-1);
  return { says: `${path} is key ${key} of ${object}`, advice: `correct key ${key} of ${object}` };
}
