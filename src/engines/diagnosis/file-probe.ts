import type { ProbeFailure } from '../probes/probes.ts';
import { maskedOutput } from './probe-finding.ts';
import type { Fix } from './rule.ts';

/** What a probe that only looks at a file has found. */
export interface FileProbe {
  /** `finds no file /tmp/ready`; `undefined` when the command says it itself. */
  readonly says: string | undefined;
  readonly fix: Fix;
}

/** A command for a shell is one command only: what stands before `&&` may be what fails. */
const compound = /[;|&\n`]|\$\(/;
const quote = '["\']?';
const absolute = `${quote}(\\/[^\\s"']+)${quote}`;
/** `test -f /tmp/ready`, `[ -e /tmp/ready ]`, `cat /tmp/ready`. */
const looks = new RegExp(`^(?:test -[efrs] ${absolute}|\\[ -[efrs] ${absolute} \\]|(?:cat|ls|stat) ${absolute})$`);
/** `grep -q ready /tmp/health`. */
const searches = new RegExp(`^e?grep (?:-[a-zA-Z]+ )*(?:"([^"]+)"|'([^']+)'|([^\\s"'-]\\S*)) ${absolute}$`);

/** What the command of a probe that failed says of the one file that it looks at; `undefined` when it does more. */
export function fileProbeOf(failure: ProbeFailure): FileProbe | undefined {
  const { probe, outcome, event, container, kind, pod } = failure;
  const script = scriptOf(probe.exec?.command ?? []);
  const output = maskedOutput(failure);
  if (event === undefined || outcome === 'timeout' || compound.test(script)) return undefined;
  const path = looks.exec(script)?.slice(1).find(Boolean);
  if (path !== undefined && (output === '' || /no such file/i.test(output)))
    return {
      says: output === '' ? `finds no file ${path}` : undefined,
      fix: {
        advice: `let container ${container.name} write ${path}, or correct the command of its ${kind}Probe`,
        reason: 'more time does not help: what the probe looks for is not there',
      },
    };
  const [, double, single, bare, searched] = searches.exec(script) ?? [];
  const word = double ?? single ?? bare;
  if (word === undefined || searched === undefined || output !== '') return undefined;
  const { name, namespace } = pod.metadata;
  return {
    says: `does not find ${word} in ${searched}`,
    fix: {
      advice: `compare with what is there (kubectl exec ${name} -n ${namespace} -c ${container.name} -- cat ${searched}), and correct the command of the ${kind}Probe, or what writes that file`,
      reason: `the file is there, and has no ${word} in it`,
    },
  };
}

const shell = /^(?:\/(?:usr\/)?bin\/)?(?:ba|da|a)?sh$/;

function scriptOf(command: readonly string[]): string {
  const [first = '', option, script, ...rest] = command;
  const inner = shell.test(first) && /^-\w*c$/.test(option ?? '') && rest.length === 0 ? script : command.join(' ');
  return (inner ?? '').trim().replaceAll(/ {2,}/g, ' ');
}
