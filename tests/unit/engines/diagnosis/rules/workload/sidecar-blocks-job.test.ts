import { sidecarBlocksJob } from '../../../../../../src/engines/diagnosis/rules/workload/sidecar-blocks-job.ts';
import { aContainer, anObject, aPod, aSnapshot, minutesAgo, ownedBy } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const job = anObject('Job', 'report', { spec: { template: { spec: { containers: [{ name: 'report' }] } } } });
const bare = anObject('Job', 'report', { spec: {} });
const ended = (name: string, exitCode = 0, minutes = 5) =>
  aContainer(name, { status: { state: { terminated: { exitCode, finishedAt: minutesAgo(minutes) } } } });
const aRun = (containers: readonly ReturnType<typeof aContainer>[], metadata: object = {}) =>
  aPod('report-x', { metadata: { ...ownedBy(job), ...metadata }, containers });
const of = (...containers: readonly ReturnType<typeof aContainer>[]) =>
  aSnapshot({ objects: [bare, aRun(containers)] });

testRule(sidecarBlocksJob, {
  silent: {
    'a task that still runs beside a helper that is done': of(aContainer('report'), ended('fetch')),
    'a task that has just ended': of(ended('report', 0, 0.5), aContainer('shipper')),
    'a task that failed': of(ended('report', 1), aContainer('shipper')),
    'a pod that is done': of(ended('report'), ended('shipper')),
    'a helper that failed': of(ended('report'), ended('shipper', 1)),
    'a native sidecar, which is stopped': of(
      aContainer('shipper', { init: true, restartPolicy: 'Always' }),
      ended('report'),
    ),
    'a pod of no Job': aSnapshot({ objects: [aPod('web', { containers: [ended('report'), aContainer('shipper')] })] }),
    'a pod that is being deleted': aSnapshot({
      objects: [bare, aRun([ended('report'), aContainer('shipper')], { deletionTimestamp: minutesAgo(1) })],
    }),
  },
  speaks: {
    'of a helper beside the first container': [
      of(ended('report'), aContainer('shipper')),
      {
        object: 'Pod/report-x',
        problem: 'report ended with exit code 0, but shipper still runs beside it as a regular container',
        certainty: 'inferred',
        fix: 'move shipper to initContainers with restartPolicy: Always',
      },
    ],
    'of one that admission put first': [
      aSnapshot({ objects: [job, aRun([aContainer('istio-proxy'), ended('report')])] }),
      { object: 'Pod/report-x', problem: 'but istio-proxy still runs', certainty: 'recomputed' },
    ],
    'of one beside the container that an annotation names': [
      aSnapshot({
        objects: [
          bare,
          aRun([aContainer('shipper'), ended('report')], {
            annotations: { 'kubectl.kubernetes.io/default-container': 'report' },
          }),
        ],
      }),
      { object: 'Pod/report-x', problem: 'but shipper still runs', certainty: 'recomputed' },
    ],
  },
});
