import type { CompleteResult } from '@modelcontextprotocol/server';
import * as z from 'zod';
import type { Call } from '../call.ts';
import type { Service } from './mcp.ts';
import type { CompletionParams } from './mcp-params.ts';

/** The specification's most. */
const maxValues = 100;
/** Of one list; whoever has more types a letter. */
const listed = 500;

/** Kinds of which the names are completed after `kind/`. */
const kinds = ['deployment', 'statefulset', 'daemonset', 'pod', 'service', 'ingress', 'job', 'cronjob'];

interface Completing {
  readonly service: Service;
  readonly call: Pick<Call, 'caller' | 'signal'>;
}

/** What an argument of a prompt, or a part of a resource's address, may go on with. */
export async function complete(
  { ref, argument: { name, value }, context }: CompletionParams,
  completing: Completing,
): Promise<CompleteResult> {
  const all = await valuesOf(name, value, { ...completing, ref, namespace: context?.arguments?.['namespace'] });
  const fitting = all.filter((each) => each.startsWith(value));
  return {
    completion: {
      values: fitting.slice(0, maxValues),
      total: fitting.length,
      hasMore: fitting.length > maxValues,
    },
  };
}

interface About extends Completing {
  readonly ref: CompletionParams['ref'];
  readonly namespace: string | undefined;
}

async function valuesOf(
  name: string,
  value: string,
  { ref, namespace, ...completing }: About,
): Promise<readonly string[]> {
  if (name === 'namespace') return namesOf({ kind: 'namespaces', all_namespaces: true }, completing);
  if (name === 'rule' && ref.type === 'ref/resource') {
    const { ruleIds } = await completing.service.rules();
    return ruleIds();
  }
  if (name !== 'object') return [];
  const [kind = '', rest] = value.split('/');
  if (rest === undefined) return kinds.map((each) => `${each}/`);
  if (namespace === undefined) return [];
  const names = await namesOf({ kind, namespace }, completing);
  return names.map((each) => `${kind}/${each}`);
}

const table = z.looseObject({ rows: z.array(z.array(z.unknown())) });

/** Through the pipeline: nobody is offered what they may not see. What cannot be listed has no names. */
async function namesOf(args: object, { service, call }: Completing): Promise<readonly string[]> {
  const { pipeline, clusters } = service;
  const { result } = await pipeline.call({
    tool: 'list_resources',
    arguments: { ...args, limit: listed },
    clusters,
    ...call,
  });
  const rows = table.safeParse(result).data?.rows ?? [];
  return rows.flatMap(([first]) => (typeof first === 'string' ? [first] : []));
}
