/** Workloads whose controller replaces pods when their template changes. */
export const rollingKinds: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);
