import type { LogExcerpt } from '../../engines/snapshot-data.ts';
import { AppError } from '../../platform/errors.ts';
import { decodeLog, isExcuse, logLinesOf } from '../log-lines.ts';
import { checkedName } from '../names.ts';
import type { LogRange, StreamedLog, TakeLines } from '../ports.ts';
import { builtinTypes } from './builtin-types.ts';
import { pathOf, queryOf } from './paths.ts';
import type { Rest, RestCall, RestRequest } from './rest.ts';

export interface LogTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
  readonly tailLines: number;
}

const maximumLines = 10_000;
const maximumBytes = 4 * 1024 * 1024;
/** A diagnosis reads short tails of many containers side by side. */
const short = { lines: 500, bytes: 512 * 1024 };

const podType = builtinTypes.find(({ kind }) => kind === 'Pod');

/**
 * The last lines of a log. The API server cuts the end off a tail that is larger than `limitBytes`, and the end is
 * what matters: then the lines that fitted tell how many to ask for instead.
 */
export async function readLog(rest: Rest, target: LogTarget, call: RestCall): Promise<LogExcerpt> {
  const { namespace, pod, container, previous } = target;
  const wanted = Math.max(1, Math.min(maximumLines, Math.floor(target.tailLines)));
  const first = await tail(rest, target, { lines: wanted, call });
  const fitted = first.capped ? first.text.split('\n').length - 1 : wanted;
  const { text } = fitted < wanted ? await tail(rest, target, { lines: Math.max(1, fitted), call }) : first;
  if (isExcuse(text)) throw new AppError('not_found', `Pod/${pod} in namespace ${namespace} has no such log any more.`);
  return { namespace, pod, container, previous, lines: logLinesOf(text) };
}

/** More lines than anyone counts, and more bytes than a kubelet keeps of one log by default (10 MiB, rotated). */
const maximumStreamed = { lines: 1_000_000, bytes: 1024 * 1024 * 1024 };

/** The log as it comes, in constant memory. */
export async function streamLog(rest: Rest, target: LogRange, take: TakeLines, call: RestCall): Promise<StreamedLog> {
  const decoder = decodeLog(take);
  let bytes = 0;
  const { lines, bytes: cap } = maximumStreamed;
  const wanted = Math.max(1, Math.min(lines, Math.floor(target.tailLines)));
  const query = { tailLines: wanted, sinceSeconds: target.sinceSeconds };
  const { capped } = await ask(
    rest,
    target,
    { query, cap, call },
    {
      take: (chunk) => {
        bytes += chunk.length;
        decoder.push(chunk);
      },
    },
  );
  decoder.end();
  return { bytes, whole: !capped, clipped: decoder.clipped() };
}

interface Tail {
  readonly lines: number;
  readonly call: RestCall;
}

async function tail(rest: Rest, target: LogTarget, { lines, call }: Tail) {
  const cap = target.tailLines <= short.lines ? short.bytes : maximumBytes;
  const query = { tailLines: lines, limitBytes: cap };
  const { bytes } = await ask(rest, target, { query, cap, call });
  return { text: bytes.toString('utf8'), capped: bytes.length >= cap };
}

interface Question {
  readonly query: Readonly<Record<string, number | undefined>>;
  readonly cap: number;
  readonly call: RestCall;
}

async function ask(
  rest: Rest,
  { namespace, pod, container, previous }: Omit<LogTarget, 'tailLines'>,
  { query, cap, call }: Question,
  taking: Pick<RestRequest, 'take'> = {},
) {
  if (podType === undefined) throw new AppError('internal_error', 'There is no kind Pod.');
  const asking = { verb: 'get', type: podType, subresource: 'log', namespace, name: pod } as const;
  const text = queryOf({
    container: checkedName(container, 'container'),
    previous: previous || undefined,
    timestamps: true,
    ...query,
  });
  const path = `${pathOf(podType, { namespace, name: pod, subresource: 'log' })}${text}`;
  try {
    return await rest.bytes({ asking, path, accept: '*/*', cap, ...taking }, call);
  } catch (error) {
    throw isMissing(error) ? noLog(error, asking) : error;
  }
}

/** 400 is how the API server says that there is no such container, no earlier instance, or none yet. */
const missing = /previous terminated container|is waiting to start|is not valid for pod|container .* not found/i;
const isMissing = (error: unknown): error is AppError =>
  error instanceof AppError && error.details.status === 400 && missing.test(error.message);

function noLog(error: AppError, { namespace, name }: { namespace: string; name: string }): AppError {
  const said = error.message.replace(/^.*?: /, '');
  return new AppError('not_found', `Pod/${name} in namespace ${namespace} has no such log: ${said}`, {
    hint: 'get_resource shows its containers; only containers that ended before have a previous log.',
    details: { namespace, status: 400 },
    cause: error,
  });
}
