import { isJson } from '../../platform/is-json.ts';
import { configuredTexts } from '../configured.ts';
import type { Pod } from '../objects.ts';
import { refOf } from '../objects.ts';
import type { PodContainer } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';
import type { CrashGap } from './crash-gap.ts';

/** What parsers say of a text that is not well-formed. */
const malformed =
  /\bpars(?:e|ing|er)\b|JSON|unterminated|unexpected (?:token|end|character|EOF)|expecting (?:value|property|',')|invalid (?:character|syntax|literal)|malformed|syntax error/i;

/** Comments, which some parsers take, and what was taken out of it here. */
const isAltered = /^\s*(?:\/\/|\/\*)|\[REDACTED/m;

/** The file of a ConfigMap that is called JSON and is none, of a container that complains of a text that it cannot parse. */
export function brokenFileGap(
  snapshot: Snapshot,
  where: { readonly pod: Pod; readonly container: PodContainer },
  text: string,
): CrashGap | undefined {
  if (!malformed.test(text)) return undefined;
  const broken = configuredTexts(snapshot, where).find(
    ({ field, variable, text: content }) =>
      variable === undefined && /^key \S+\.json of /.test(field) && !isAltered.test(content) && !isJson(content),
  );
  if (broken === undefined) return undefined;
  return {
    says: `${broken.field} is no valid JSON`,
    evidence: [
      {
        object: refOf(where.pod),
        source: 'recomputed',
        text: `container ${where.container.name} mounts ${broken.field}, which does not parse as JSON`,
      },
    ],
    fixes: [{ advice: `correct ${broken.field} at its source`, reason: 'the program cannot read it' }],
  };
}
