import * as z from 'zod';
import { type LogSource, logSources, maximumLogs, troubledSources } from '../../engines/log-sources.ts';
import { nameOf, type ObjectRef, type Pod } from '../../engines/objects.ts';
import { containersOf } from '../../engines/pods.ts';
import type { Reader } from '../../kubernetes/ports.ts';
import { AppError } from '../../platform/errors.ts';
import { nearest } from '../../platform/nearest.ts';
import { diagnosisPermissions } from '../permissions.ts';
import { podsOfNamespace, podsOfObject } from '../pods-of-object.ts';
import { plainLines } from '../report/lines.ts';
import { type ContainerLog, logAnalysis } from '../report/log-analysis.ts';
import { logAnalysisLines } from '../report/log-analysis-lines.ts';
import { cluster, namespace, objectName, objectPath } from '../schemas.ts';
import { splitPath, targetNamespace, targetObject } from '../target.ts';
import { defineTool, type ToolContext } from '../tool.ts';

/** Characters of text altogether: about 1,000 tokens. */
const textBudget = 4000;
/** What one log gets at least, however many there are. */
const leastBudget = 900;

const input = z.object({
  namespace,
  object: objectPath,
  container: objectName.optional().describe('Default: those in trouble, else all.'),
  previous: z.boolean().optional().describe('The instance before the last restart. Default: whichever tells more.'),
  since_minutes: z.int().min(1).max(10_080).optional().describe('How far back.'),
  tail_lines: z.int().min(1).max(1_000_000).default(10_000).describe('Most lines to read of each log, from its end.'),
  cluster,
});

export const analyzeLogs = defineTool({
  name: 'analyze_logs',
  title: 'Analyze logs',
  description: `
    Says what is worth reading in the logs of a pod, of a workload, or of what is in trouble in a namespace, of any size.
    Finds known faults with the line that tells, folded stack traces, templates with counts and times, what healthy
    siblings or the time before do not say, the last lines before death, and what hosts, variables and paths in errors
    mean. Use it when diagnose names an application error, or when something works badly though all is ready. Then
    get_resource on what it names.`,
  access: 'read',
  scope: 'k8s:logs',
  permissions: diagnosisPermissions,

  input,
  output: logAnalysis,

  async run(request, context) {
    const { readContainerLog } = await import('../log-reading.ts');
    const reader = await context.reader();
    const signal = AbortSignal.any([context.signal, context.enough]);
    const { object, now, pods, sources: all } = await sourcesOf(request, reader, { context, signal });
    const sources = all.slice(0, maximumLogs);
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
    const read = answers.flatMap((answer) => (failed(answer) ? [] : [answer]));
    const [first] = failures;
    if (read.length === 0 && first !== undefined) throw first.error;
    const { logs, repeated } = distinct(read);
    return {
      object,
      logs,
      unread: failures.map(({ error, source }) => ({
        pod: source.pod.metadata.name,
        container: source.container.name,
        reason: error instanceof AppError ? error.message : 'could not be read',
      })),
      cut: [...repeated, ...cutOf(pods, sources, all.length)],
    };
  },

  render: (data) => plainLines(logAnalysisLines(data)),
});

interface Sources {
  readonly object: ObjectRef;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The pods that were to choose from. */
  readonly pods: readonly Pod[];
  readonly sources: readonly LogSource[];
}

/** What is asked about, and which logs tell about it. */
async function sourcesOf(
  request: z.output<typeof input>,
  reader: Reader,
  { context, signal }: { readonly context: ToolContext; readonly signal: AbortSignal },
): Promise<Sources> {
  const { container, previous } = request;
  const target = targetNamespace({ namespace: request.namespace, all_namespaces: false }, context.settings) ?? '';
  if (request.object === undefined) {
    const { pods, now } = await podsOfNamespace(reader, target, signal);
    const sources = troubledSources({ pods, container, previous, now });
    if (sources.length === 0) throw nothingInTrouble(target);
    return { object: { kind: 'Namespace', name: target }, now, pods: [], sources };
  }
  const object = await targetObject(reader, { ...splitPath(request.object), namespace: target }, context);
  const { pods, only, now } = await podsOfObject(reader, object, signal);
  if (container !== undefined) checkContainer(pods, container);
  const sources = logSources({ pods, only, container, previous, now });
  return { object, now, pods: only === undefined ? pods : [], sources };
}

const nothingInTrouble = (namespace: string): AppError =>
  new AppError('not_found', `No pod of namespace ${namespace} is in trouble.`, {
    hint: 'Name a pod or a workload to read its logs all the same, such as deployment/api.',
  });

function cutOf(pods: readonly Pod[], sources: readonly LogSource[], found: number): readonly string[] {
  const unread = pods.length - new Set(sources.map(({ pod }) => pod.metadata.name)).size;
  return [
    ...(found > sources.length ? [`${found - sources.length} of ${found} logs`] : []),
    ...(unread > 0 ? [`${unread} of ${pods.length} pods`] : []),
  ];
}

/** Logs without those that say what another said: replicas fail alike. */
function distinct(read: readonly ContainerLog[]): {
  readonly logs: readonly ContainerLog[];
  readonly repeated: readonly string[];
} {
  const groups = [...Map.groupBy(read, gistOf).values()];
  return {
    logs: groups.flatMap(([first]) => first ?? []),
    repeated: groups.flatMap(([first, ...others]) =>
      others.map(({ pod, container }) => `${pod} ${container} says the same as ${first?.pod}`),
    ),
  };
}

/** What a log says besides routine; one that says nothing else is like no other. */
function gistOf({ pod, container, signatures, traces, templates }: ContainerLog): string {
  const said = [
    ...signatures.map(({ id }) => id),
    ...traces.map(({ type, frame = '' }) => `${type}@${frame}`),
    ...templates.flatMap(({ level, template }) => (level === 'error' || level === 'fatal' ? [template] : [])),
  ];
  return [container, ...(said.length === 0 ? [pod] : said.toSorted())].join('\n');
}

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
