import * as z from 'zod';
import { type LogSource, logSources } from '../../engines/log-sources.ts';
import { nameOf, type Pod } from '../../engines/objects.ts';
import { containersOf } from '../../engines/pods.ts';
import { AppError } from '../../platform/errors.ts';
import { nearest } from '../../platform/nearest.ts';
import { readContainerLog } from '../log-reading.ts';
import { diagnosisPermissions } from '../permissions.ts';
import { podsOfObject } from '../pods-of-object.ts';
import { plainLines } from '../report/lines.ts';
import { logAnalysis } from '../report/log-analysis.ts';
import { logAnalysisLines } from '../report/log-analysis-lines.ts';
import { cluster, namespace, objectName, objectPath } from '../schemas.ts';
import { splitPath, targetNamespace, targetObject } from '../target.ts';
import { defineTool } from '../tool.ts';

/** Characters of text altogether: about 1,000 tokens. */
const textBudget = 4000;
/** What one log gets at least, however many there are. */
const leastBudget = 900;

const input = z.object({
  namespace,
  object: objectPath
    .unwrap()
    .describe('kind/name of a pod or of what has pods: pod/api-0, deployment/api, service/web.'),
  container: objectName.optional().describe('Default: those in trouble, else all.'),
  previous: z.boolean().optional().describe('The instance before the last restart. Default: whichever tells more.'),
  since_minutes: z
    .int()
    .min(1)
    .max(10_080)
    .optional()
    .describe('Only the last minutes, compared with as many before them.'),
  tail_lines: z.int().min(1).max(1_000_000).default(10_000).describe('Most lines to read of each log, from its end.'),
  cluster,
});

export const analyzeLogs = defineTool({
  name: 'analyze_logs',
  title: 'Analyze logs',
  description: `
    Reads logs of a pod or of a workload's broken pods, of any size, and says what is worth reading: known faults with the
    line that tells, folded stack traces, templates with counts and times, what healthy siblings or the time before do
    not say, the last lines before death, and what hosts, variables and paths in errors mean. Use it when diagnose names
    an application error, or when something works badly though all is ready. Then get_resource on what it names.`,
  access: 'read',
  permissions: diagnosisPermissions,

  input,
  output: logAnalysis,

  async run(request, context) {
    const reader = await context.reader();
    const target = targetNamespace({ namespace: request.namespace, all_namespaces: false }, context.settings);
    const object = await targetObject(reader, { ...splitPath(request.object), namespace: target }, context);
    const signal = AbortSignal.any([context.signal, context.enough]);
    const { pods, only, now } = await podsOfObject(reader, object, signal);
    const { container, previous } = request;
    if (container !== undefined) checkContainer(pods, container);
    const sources = logSources({ pods, only, container, previous, now });
    context.progress(0, sources.length, `reading ${sources.length} logs of ${nameOf(object)}`);
    const answers = await Promise.all(
      sources.map((source) =>
        readContainerLog(source, {
          reader,
          tailLines: request.tail_lines,
          sinceSeconds: request.since_minutes === undefined ? undefined : request.since_minutes * 60,
          budget: Math.max(leastBudget, Math.floor(textBudget / sources.length)),
          now,
          signal,
        }).catch((error: unknown) => ({ error, source })),
      ),
    );
    const failures = answers.filter(failed);
    const logs = answers.flatMap((answer) => (failed(answer) ? [] : [answer]));
    const [first] = failures;
    if (logs.length === 0 && first !== undefined) throw first.error;
    const read = new Set(sources.map(({ pod }) => pod.metadata.name));
    return {
      object,
      logs,
      unread: failures.map(({ error, source }) => ({
        pod: source.pod.metadata.name,
        container: source.container.name,
        reason: error instanceof AppError ? error.message : 'could not be read',
      })),
      cut: only === undefined && read.size < pods.length ? [`${pods.length - read.size} of ${pods.length} pods`] : [],
    };
  },

  render: (data) => plainLines(logAnalysisLines(data)),
});

const failed = (answer: object): answer is Failed => 'error' in answer;
interface Failed {
  readonly error: unknown;
  readonly source: LogSource;
}

/** @throws AppError `not_found` with the names that there are. */
function checkContainer(pods: readonly Pod[], wanted: string): void {
  const names = [...new Set(pods.flatMap((pod) => containersOf(pod).map(({ name }) => name)))];
  if (names.includes(wanted)) return;
  throw new AppError('not_found', `There is no container ${wanted}.`, {
    hint: `The containers are ${names.join(', ')}.`,
    details: { suggestions: nearest(wanted, names) },
  });
}
