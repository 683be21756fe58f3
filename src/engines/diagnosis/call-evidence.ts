import type { FailedCall } from '../network/calls.ts';
import { refOf } from '../objects.ts';
import type { Evidence } from './rule.ts';

const longest = 300;

/** The first line of what a container said of a call that failed; nothing when only its command tells of the call. */
export const callEvidence = ({ pod, words }: Pick<FailedCall, 'pod' | 'words'>): readonly Evidence[] =>
  words === undefined
    ? []
    : [
        {
          object: refOf(pod),
          source: 'log',
          text: (words.text.split('\n')[0] ?? '').slice(0, longest),
          at: words.at,
        },
      ];
