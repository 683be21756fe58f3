import type { CreationFailure } from './admission.ts';
import { refOf } from './objects.ts';
import { workloadOf } from './owners.ts';
import { quotaRefusalIn, stillRefuses } from './quota.ts';
import type { Snapshot } from './snapshot.ts';
import type { LogExcerpt } from './snapshot-data.ts';

/** Lines at the end of a log that count, and how many of them make a lasting refusal. */
const lately = 60;
const repeated = 3;
const maximumQuote = 400;

/** Programs that create pods themselves, such as runners of builds, and whose log says again and again that a quota that is still full refuses them. */
export const refusedPrograms = (snapshot: Snapshot): readonly CreationFailure[] =>
  snapshot.data.logs.flatMap((log) => refusalIn(snapshot, log) ?? []);

function refusalIn(snapshot: Snapshot, { namespace, pod: name, lines }: LogExcerpt): CreationFailure | undefined {
  const told = lines.slice(-lately).filter(({ text }) => text.includes('is forbidden: exceeded quota: '));
  const last = told.at(-1);
  const refusal = last && quotaRefusalIn(last.text);
  const pod = snapshot.find('Pod', namespace, name);
  const quota = refusal && snapshot.find('ResourceQuota', namespace, refusal.quota);
  if (told.length < repeated || last === undefined || pod === undefined || quota === undefined) return undefined;
  if (refusal === undefined || stillRefuses(quota, refusal) !== true) return undefined;
  const said = last.text.slice(last.text.indexOf('exceeded quota: '));
  return {
    owner: workloadOf(snapshot, pod),
    controller: refOf(pod),
    refused: 'pod',
    message: said.slice(0, maximumQuote),
    reason: said,
    at: last.at,
    source: 'log',
    since: undefined,
  };
}
