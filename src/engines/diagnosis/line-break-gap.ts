import { credentialLinks } from '../log-links.ts';
import { nameOf, type Of, refOf } from '../objects.ts';
import type { Snapshot } from '../snapshot.ts';
import type { CrashGap } from './crash-gap.ts';
import type { Where } from './expansion-gap.ts';

/** A variable that a container takes from a Secret, and whose value ends with a line break. */
export function lineBreakGap(snapshot: Snapshot, where: Where): CrashGap | undefined {
  for (const { word, object } of credentialLinks(where)) {
    const secret = object === undefined ? undefined : snapshot.find('Secret', object.namespace, object.name);
    const key = secret === undefined ? undefined : brokenKey(where, word, secret);
    if (secret === undefined || key === undefined) continue;
    const name = nameOf(refOf(secret));
    const says = `${word === 'envFrom' ? 'envFrom' : `env[${word}]`} brings key ${key} of ${name}, whose value ends with a line break`;
    return {
      says,
      evidence: [
        { object: refOf(secret), source: 'recomputed', text: `the value of key ${key} ends with a line break` },
      ],
      fixes: [
        {
          advice: `store key ${key} of ${name} without a line break at its end (echo -n … | base64), and restart what reads it`,
          reason: 'the program gets the value as it is, line break and all',
        },
      ],
    };
  }
  return undefined;
}

/** The key behind a variable, or any that `envFrom` brings, if it is one of those; whoever wrote an archive may have written anything. */
function brokenKey({ container }: Where, word: string, { keysWithLineBreak }: Of<'Secret'>): string | undefined {
  if (!Array.isArray(keysWithLineBreak)) return undefined;
  if (word === 'envFrom') return keysWithLineBreak.find((key) => typeof key === 'string');
  const key = (container.spec.env ?? []).findLast(({ name }) => name === word)?.valueFrom?.secretKeyRef?.key;
  return keysWithLineBreak.find((each) => each === key);
}
