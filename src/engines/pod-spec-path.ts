import { nameOf, type ObjectRef } from './objects.ts';

const paths: Readonly<Record<string, string>> = { Pod: 'spec', CronJob: 'spec.jobTemplate.spec.template.spec' };

/** Where the pod spec stands in the manifest of a workload: `spec.template.spec`, deeper in a CronJob, `spec` in a Pod. */
export const podSpecPath = ({ kind }: ObjectRef): string => paths[kind] ?? 'spec.template.spec';

/** Where a person changes the pod spec: `the pod template of Deployment/api`, `Pod/api`. */
export const templateName = (workload: ObjectRef): string =>
  workload.kind === 'Pod' ? nameOf(workload) : `the pod template of ${nameOf(workload)}`;
