import { credentialLinks, type LogLink, userLinks } from '../../../log-links.ts';
import { type KubernetesObject, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { keptPassword } from '../../kept-password.ts';
import { lineBreakGap } from '../../line-break-gap.ts';
import { type LogFault, logFindings, textOf } from '../../log-finding.ts';
import { defineRule, type Evidence } from '../../rule.ts';

export const logAuthFailed = defineRule({
  id: 'log-auth-failed',
  title: 'Credentials are refused',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'What the workload logs in to answers, and does not accept its user, password, key or token.',
  detection:
    'The log line that tells most about a crash, or about a readiness check that answers with an error, or that a ' +
    'ready container repeats up to now, says so in known words: "password authentication failed", "Access denied for ' +
    'user", ACCESS_REFUSED, NOAUTH, 401 Unauthorized, and their like. The Secrets that the container takes values ' +
    'from are named, with the time of their last change; of their values only whether one ends with a line break. A ' +
    'database that takes its first password from the same Secret, and whose claim is older than its last change, still has the old one.',
  remedies: [
    'Compare the Secret with what the other side accepts, and correct it at its source.',
    'When the Secret was changed after the container started, restart the workload: it still holds the old value.',
  ],
  avoid: ['printing the Secret', 'restarting again and again: some servers lock the user out'],

  check: (snapshot) =>
    logFindings(snapshot, 'log-auth-failed', (fault) => {
      const links = sourcesOf(fault);
      const users = userLinks(fault, textOf(fault));
      const kept = keptPassword(
        snapshot,
        links.flatMap(({ object }) => object ?? []),
      );
      const broken = kept === undefined ? lineBreakGap(snapshot, fault) : undefined;
      const named = [...users.slice(0, 1), ...(broken === undefined ? links : [])].map(({ says }) => says);
      const from = [...named, ...(broken ? [broken.says] : []), ...(kept ? [kept.says] : [])].join(', ');
      return {
        clause: from === '' ? '' : ` (${from})`,
        evidence: [
          ...links.flatMap((link) => secretEvidence(snapshot, link)),
          ...(broken?.evidence ?? []),
          ...(kept?.evidence ?? []),
        ],
        fixes: [
          ...(broken?.fixes ?? []),
          ...(kept?.fixes ?? []),
          {
            advice:
              links.length === 0
                ? `correct ${users[0] === undefined ? 'the credentials' : users[0].says.replace(/ is .*/, '')} that container ${fault.container.name} is given`
                : `compare ${namesOf(links)} with what the other side accepts, and correct it at its source`,
            reason: 'the other side answers and refuses what it is given',
          },
        ],
      };
    }),
});

const mostSources = 2;
const credential = /PASS|PWD|TOKEN|SECRET|KEY|CREDENTIAL|AUTH|DSN|UR[IL]$|CONNECTION/i;

const user = /USER|LOGIN|ACCOUNT/i;
const aboutUser = /\b(?:invalid|bad|unknown|incorrect) (?:user ?name|user|login|account)\b(?! or\b)/i;
const aboutPassword = /pass|token|secret|credential|key\b/i;

/** Variables from Secrets that the line names, else those whose names say that they are credentials. */
function sourcesOf(fault: LogFault): readonly LogLink[] {
  const links = credentialLinks(fault);
  const text = textOf(fault);
  const named = links.filter(({ word }) => text.includes(word));
  // It may be the name alone that is refused: `Invalid username format`.
  const kind = aboutUser.test(text) && !aboutPassword.test(text) ? user : credential;
  const likely = links.filter(({ word }) => word === 'envFrom' || kind.test(word));
  return (named.length > 0 ? named : likely.length > 0 ? likely : links).slice(0, mostSources);
}

const namesOf = (links: readonly LogLink[]): string =>
  [...new Set(links.flatMap(({ object }) => (object === undefined ? [] : [`Secret/${object.name}`])))].join(' and ');

function secretEvidence(snapshot: Snapshot, { object }: LogLink): readonly Evidence[] {
  const secret = object === undefined ? undefined : snapshot.find('Secret', object.namespace, object.name);
  const at = secret === undefined ? undefined : lastWrite(secret);
  return secret === undefined || at === undefined
    ? []
    : [{ object: refOf(secret), source: 'change', text: `last written at ${at}`, at }];
}

const lastWrite = ({ metadata }: KubernetesObject): string | undefined =>
  metadata.managedFields
    ?.flatMap(({ time }) => time ?? [])
    .toSorted()
    .at(-1) ?? metadata.creationTimestamp;
