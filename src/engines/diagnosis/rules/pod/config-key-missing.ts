import { nearest } from '../../../../platform/nearest.ts';
import { type ConfigFault, configEvidence, configFaults } from '../../../config-faults.ts';
import { nameOf, refOf } from '../../../objects.ts';
import { unreadySince } from '../../../pods.ts';
import { rollbackAdvice } from '../../../rollbacks.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

export const configKeyMissing = defineRule({
  id: 'config-key-missing',
  title: 'A ConfigMap or Secret lacks a key',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'The ConfigMap or Secret exists, but a key that the pod asks for is not in it, so the pod cannot start.',
  detection:
    "A container waits with `couldn't find key K in ConfigMap`, or a mount fails with `references non-existent config " +
    'key` or `secret key`. All keys that the pod asks for are compared with those that are there; the most similar one ' +
    'is named, else the first few. Values are never looked at.',
  remedies: ['Restore the key.', 'Let the pod ask for the key that is there.', 'Roll back, when the reference is new.'],
  avoid: ['restarting: the key is still missing', 'making up a value for it'],

  check: (snapshot) =>
    configFaults(snapshot)
      .filter(({ keys }) => keys.length > 0)
      .map((fault) => findingOf(snapshot, fault)),
});

function findingOf(snapshot: Snapshot, fault: ConfigFault): Finding {
  const { pod, container, object, keys, present, certainty } = fault;
  const wanted = `key${keys.length > 1 ? 's' : ''} ${inWords(keys)}`;
  return {
    subject: refOf(pod),
    container,
    problem: `cannot start: ${nameOf(object)} has no ${wanted}${hintOf(keys, present)}`,
    culprit: object,
    certainty,
    evidence: [
      ...configEvidence(fault),
      ...(present === undefined
        ? []
        : [{ object, source: 'spec' as const, text: `keys: ${present.join(', ').slice(0, 300) || '(none)'}` }]),
    ],
    since: unreadySince(pod),
    fixes: fixesOf(snapshot, fault),
    missingEvidence: present === undefined ? [`the keys of ${nameOf(object)}: it was not read`] : [],
  };
}

const namedKeys = 5;

/** The keys that may be meant, else those that are there. */
function hintOf(keys: readonly string[], present: readonly string[] | undefined): string {
  if (present === undefined) return '';
  if (present.length === 0) return ' (it is empty)';
  const near = [...new Set(keys.flatMap((key) => nearest(key, present, 1)))];
  if (near.length > 0) return ` (it has ${inWords(near)})`;
  const rest = present.length - namedKeys;
  return rest > 0
    ? ` (it has ${present.slice(0, namedKeys).join(', ')} and ${rest} more)`
    : ` (it has ${inWords(present)})`;
}

const inWords = (names: readonly string[]): string =>
  names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : (names[0] ?? '');

function fixesOf(snapshot: Snapshot, { pod, object, keys, present, fields }: ConfigFault): readonly Fix[] {
  const [key = ''] = keys;
  const near = nearest(key, present ?? [], 1)[0];
  return [
    // A new reference is at fault itself; an old one has lost its key.
    ...rollbackAdvice(snapshot, pod, (changed) => /(?:KeyRef|items\[\w+\])\.(?:key|name)$/.test(changed)),
    {
      advice: `restore ${inWords(keys)} in ${nameOf(object)} from its source`,
      reason: `${fields.join(', ')} needs it`,
    },
    ...(near === undefined
      ? []
      : [
          {
            advice: `let ${fields[0] ?? 'the reference'} ask for the key ${near}`,
            reason: `${near} is there and differs little`,
          },
        ]),
  ];
}
