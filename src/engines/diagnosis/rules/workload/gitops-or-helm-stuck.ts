import { type Delivery, deliveriesOf, stuckDelivery } from '../../../deliveries.ts';
import { minute, timeOf } from '../../../durations.ts';
import { keyOf, refOf } from '../../../objects.ts';
import { podsOf } from '../../../owners.ts';
import { isBroken } from '../../../pods.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

/** A delivery that has just begun is on its way: Helm waits five minutes by default. */
const hold = 6 * minute;

export const gitopsOrHelmStuck = defineRule({
  id: 'gitops-or-helm-stuck',
  title: 'The delivery of a workload is stuck',
  area: 'workload',
  class: 'symptom',
  severity: 'high',
  meaning:
    'Helm, Flux or Argo CD did not finish: what runs may be half of one revision, and the next delivery may be refused.',
  detection:
    'A workload with broken pods says by label or annotation who delivers it. The newest Secret of its Helm release has the ' +
    'status failed, or pending-… for six minutes; the Flux object has Ready False; the last operation of the Argo CD ' +
    'Application failed. Often the pods are the reason, and what is found on them explains it.',
  remedies: [
    'Mend what the pods suffer from at the source, and deliver again.',
    'Roll the Helm release back to the last good revision.',
  ],
  avoid: [
    'changing live objects that the controller will put back',
    'deleting the Secret of a Helm revision to get rid of its lock',
  ],

  check: (snapshot) =>
    (['Deployment', 'StatefulSet', 'DaemonSet'] as const)
      .flatMap((kind) => snapshot.all(kind))
      .filter((workload) => podsOf(snapshot, refOf(workload)).some((pod) => isBroken(pod)))
      .flatMap((workload) => deliveriesOf(workload).map((delivery) => ({ subject: refOf(workload), delivery })))
      .flatMap(({ subject, delivery }) => {
        const stuck = stuckDelivery(snapshot, delivery);
        const at = timeOf(stuck?.at);
        const waits = / is pending-/.test(stuck?.state ?? '') && (at === undefined || snapshot.now - at < hold);
        if (stuck === undefined || waits) return [];
        const finding: Finding = {
          subject,
          problem: `was not delivered whole: ${stuck.state}`,
          culprit: stuck.object,
          certainty: 'declared',
          evidence: [{ object: stuck.object, source: 'status', text: stuck.text, at: stuck.at }],
          since: stuck.at,
          fixes: fixesOf(delivery, stuck.good),
        };
        return [finding];
      }),
});

function fixesOf({ by, object }: Delivery, good: string | undefined): readonly Fix[] {
  if (by !== 'Helm')
    return [{ advice: `correct the source of ${keyOf(object)}`, reason: 'the controller delivers it by itself' }];
  return good === undefined
    ? [
        {
          advice: `helm uninstall ${object.name} -n ${object.namespace}, and install again`,
          reason: 'no revision of it ever went well',
        },
      ]
    : [
        {
          advice: `helm rollback ${object.name} ${good} -n ${object.namespace}`,
          reason: `revision ${good} went well, and a rollback ends the pending state`,
        },
      ];
}
