import * as z from 'zod';
import { diagnose } from '../../engines/diagnosis/diagnose.ts';
import type { KubernetesObject, Pod } from '../../engines/objects.ts';
import { issueSeverities, podIssues } from '../../engines/pod-issues.ts';
import type { Reader } from '../../kubernetes/ports.ts';
import { AppError } from '../../platform/errors.ts';
import { diagnosisPermissions } from '../permissions.ts';
import { diagnosis } from '../report/diagnosis.ts';
import { causeLines } from '../report/diagnosis-lines.ts';
import { cut, digest } from '../report/digest.ts';
import { plainLines, span } from '../report/lines.ts';
import { plural } from '../report/plural.ts';
import { cluster, namespace, objectName } from '../schemas.ts';
import { targetNamespace } from '../target.ts';
import { defineTool } from '../tool.ts';

const podHealth = z.object({
  pod_name: z.string(),
  namespace: z.string(),
  /** The phase. */
  status: z.string(),
  issues: z
    .array(
      z.object({
        severity: z.enum(issueSeverities),
        type: z.string(),
        /** Absent when the pod as a whole has the issue. */
        container: z.string().optional(),
        message: z.string(),
        restart_count: z.int(),
      }),
    )
    .readonly(),
  logs: z.string().optional(),
  /** Whose lines `logs` holds: `app`, or `app (previous)` for the instance before the last restart. */
  logs_of: z.string().optional(),
  diagnosis: diagnosis.pick({ verdict: true, causes: true, blind_spots: true, scope: true, snapshot: true }),
});

export const checkPodHealth = defineTool({
  name: 'check_pod_health',
  title: 'Check a pod',
  description: `
    Says whether one pod is healthy and why not: its phase, the issues of its containers, the last log lines when there
    are issues, and the root causes behind them. For a workload, Service or namespace use diagnose.`,
  access: 'read',
  permissions: diagnosisPermissions,

  input: z.object({
    namespace,
    pod_name: objectName.describe('Name of the pod.'),
    check_logs: z.boolean().default(true).describe('Return the last 100 log lines when there are issues.'),
    cluster,
  }),
  output: podHealth,

  async run({ pod_name: name, check_logs, ...where }, context) {
    const { settings, signal, enough } = context;
    const reader = await context.reader();
    const target = targetNamespace({ ...where, all_namespaces: false }, settings) ?? '';
    const ref = { kind: 'Pod', namespace: target, name };
    const pod = await reader.get(ref, signal);
    if (!isPod(pod)) throw new AppError('api_error', `The API server answered with a ${pod.kind} instead of a Pod.`);
    const issues = podIssues(pod);
    const [data, log] = await Promise.all([
      reader.collect({ namespace: target, object: ref }, signal, enough),
      check_logs ? lastLog(reader, pod, AbortSignal.any([signal, enough])) : undefined,
    ]);
    const { verdict, causes, blind_spots, scope, snapshot } = digest(diagnose(data), { limit: 3 });
    return {
      pod_name: name,
      namespace: target,
      status: pod.status?.phase ?? 'Unknown',
      issues,
      ...log,
      diagnosis: { verdict, causes, blind_spots, scope, snapshot },
    };
  },

  render({ pod_name, status, issues, logs, logs_of, diagnosis: { causes, ...about } }) {
    const issueLines = issues.map(({ severity, type, container, message, restart_count: restarts }) => {
      const where = container === undefined ? '' : ` ${container}`;
      return span(
        `${severity} ${type}${where}: ${message}${restarts > 0 && type !== 'frequent_restarts' ? ` (${restarts} restarts)` : ''}`,
      ).text;
    });
    const healthy = issues.length === 0 && causes.length === 0;
    return [
      `${pod_name}: ${status}, ${healthy ? 'healthy' : plural(issues.length, 'issue')}`,
      ...issueLines.map((line) => `  ${line}`),
      ...causes.flatMap((cause) => ['', plainLines(causeLines(cause, about))]),
      ...(logs === undefined
        ? []
        : ['', `Last lines of ${logs_of}:`, ...logs.split('\n').map((line) => `  | ${line}`)]),
    ].join('\n');
  },
});

const isPod = (object: KubernetesObject): object is Pod => object.kind === 'Pod';

const logLines = 100;
const lineLength = 500;
const logLength = 12_000;

/** The log of the container with the first issue: of the instance that died when it restarts, as far as there is one. */
async function lastLog(reader: Reader, pod: Pod, signal: AbortSignal) {
  const issue = podIssues(pod).find(({ container }) => container !== undefined);
  if (issue?.container === undefined) return undefined;
  const { namespace: podNamespace = '', name } = pod.metadata;
  const { container } = issue;
  const target = { namespace: podNamespace, pod: name, container, tailLines: logLines };
  const attempts = issue.restart_count > 0 ? [true, false] : [false];
  for (const previous of attempts) {
    // A container that never started has no log: that is no failure of the check.
    const log = await reader.log({ ...target, previous }, signal).catch(() => undefined);
    if (log === undefined || log.lines.length === 0) continue;
    const logs = newest(log.lines.map(({ text }) => cut(text, lineLength)));
    return { logs, logs_of: previous ? `${container} (previous)` : container };
  }
  return undefined;
}

/** As many of the last lines as fit. */
function newest(lines: readonly string[]): string {
  const kept: string[] = [];
  let length = 0;
  for (const line of lines.slice(-logLines).toReversed()) {
    length += line.length + 1;
    if (length > logLength) break;
    kept.unshift(line);
  }
  return kept.join('\n');
}
