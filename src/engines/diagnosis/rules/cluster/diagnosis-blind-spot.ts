import { blindSpotsOf } from '../../blind-spots.ts';
import { defineRule } from '../../rule.ts';

export const diagnosisBlindSpot = defineRule({
  id: 'diagnosis-blind-spot',
  title: 'Something could not be read',
  area: 'cluster',
  class: 'risk',
  severity: 'info',
  meaning:
    'Part of the cluster was not looked at, so faults there, or the causes of faults elsewhere, may be missing here.',
  detection:
    'A list, get or log request was forbidden, failed, or was cut at a limit. One finding per kind and reason.',
  remedies: ['Grant the permission that is named, or ask again for a smaller scope.'],
  avoid: ['taking silence about what was not read for health'],

  check: ({ data }) => {
    const subject = { kind: 'Cluster', name: data.cluster };
    return blindSpotsOf(data.reads).map(({ what, why, consequence }) => ({
      subject,
      problem: `was not read completely: ${what} (${why}), so ${consequence}`,
      certainty: 'declared' as const,
      evidence: [{ object: subject, source: 'status' as const, text: `${what}: ${why}` }],
      fixes: [{ advice: `allow reading ${what}, or ask again for a smaller scope`, reason: consequence }],
    }));
  },
});
