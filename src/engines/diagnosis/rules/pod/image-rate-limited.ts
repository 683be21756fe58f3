import { registryWords } from '../../../images.ts';
import { refOf } from '../../../objects.ts';
import { unreadySince } from '../../../pods.ts';
import { pullSecretsOf } from '../../../pull-secrets.ts';
import { registryFailures } from '../../../registries.ts';
import { defineRule } from '../../rule.ts';

export const imageRateLimited = defineRule({
  id: 'image-rate-limited',
  title: 'The registry limits pulls',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'The registry answers 429: the quota of pulls is used up, and nothing new can be pulled until it refills.',
  detection:
    'A pull fails with 429, "toomanyrequests" or "pull rate limit". Whether it was anonymous is told by the words of ' +
    'the registry and by the imagePullSecrets; pods that wait for the same registry are counted.',
  remedies: ['Pull with an account, or through a mirror.', 'Wait until the quota refills.'],
  avoid: ['restarting or deleting pods: every try burns quota'],

  check: (snapshot) =>
    registryFailures(snapshot, 'image-rate-limited').map((failure) => {
      const { pod, container, host, wanted, message, at, source, pods } = failure;
      const secrets = pullSecretsOf(failure);
      const anonymous = secrets.length === 0 || /unauthenticated/i.test(message);
      const one = pods === 1 ? '1 pod waits' : `${pods} pods wait`;
      return {
        subject: refOf(pod),
        container: container.name,
        problem: `cannot pull ${wanted}: ${host} refuses more ${anonymous ? 'anonymous ' : ''}pulls (429 Too Many Requests)`,
        culprit: { kind: 'Registry', name: host },
        certainty: source === 'status' ? ('declared' as const) : ('message' as const),
        evidence: [
          { object: refOf(pod), source, text: registryWords(message), at },
          {
            object: refOf(pod),
            source: 'recomputed' as const,
            text: `${one} for ${host}; imagePullSecrets ${secrets.join(', ') || '(none)'}`,
          },
        ],
        since: unreadySince(pod),
        fixes: [
          anonymous
            ? {
                advice: `name a Secret with an account of ${host} in imagePullSecrets`,
                reason: 'accounts have a quota of their own, anonymous pulls share the one of the address',
              }
            : { advice: `raise the plan of the account at ${host}`, reason: 'its quota is used up' },
          { advice: `configure a mirror of ${host} on the nodes`, reason: 'each image is then pulled once' },
        ],
      };
    }),
});
