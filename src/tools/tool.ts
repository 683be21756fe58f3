import type * as z from 'zod';
import type { Clusters, Reader, Writer } from '../kubernetes/ports.ts';
import type { Scope } from '../platform/auth/scopes.ts';
import type { Logger } from '../platform/logging.ts';
import type { Healing } from './mend/healing.ts';

/** How dangerous a tool is: the one statement from which annotations, read-only mode, approval and audit derive. */
export const accesses = ['read', 'write', 'destructive'] as const;
export type Access = (typeof accesses)[number];

/** What a handler can reach: nothing else. */
export interface ToolContext {
  readonly clusters: Clusters;
  /** The cluster that the caller's `cluster` argument names, or the default one. */
  reader(): Promise<Reader>;
  /** The same cluster to write to. Throws `refused` where nothing can be written: an archive, or healing is off. */
  writer(): Promise<Writer>;
  /** Throws `refused` when healing is off. */
  healing(): Healing;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Aborts when the rest of the time is needed to answer: what was not read by then is said to be unread. */
  readonly enough: AbortSignal;
  /** Tells the caller how far a long call is; `total` is absent when it is not known. */
  progress(done: number, total: number | undefined, message: string): void;
  /** The settings a handler may see. */
  readonly settings: ToolSettings;
}

export interface ToolSettings {
  /** Namespace when the caller names none (`K8S_NAMESPACE`). */
  readonly namespace: string;
  /** Whether namespaces that start with `kube-` may be read as targets. */
  readonly allowSystemNamespaces: boolean;
  /** Whether an archive is read: a diagnosis that names nothing is then about all of it. */
  readonly archive?: boolean | undefined;
}

export interface Tool<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodObject = z.ZodObject> {
  /** `verb_noun`. */
  readonly name: string;
  readonly title: string;
  /** What it does, when to use it, what to use next; under 120 words. */
  readonly description: string;
  readonly access: Access;
  /** What a token has to allow; absent: `k8s:read` for what reads, `k8s:heal` for the rest. */
  readonly scope?: Scope | undefined;
  /** Whether clients that can show a view beside its result show the console. */
  readonly shown?: true | undefined;
  /** Kubernetes permissions that it needs, as `verb resource` or `verb group/resource`; RBAC is generated from them. */
  readonly permissions: readonly string[];
  /** Strict: unknown arguments are refused. Every field is described. */
  readonly input: Input;
  /** The data of a success, without `success` itself. */
  readonly output: Output;
  run(input: z.output<Input>, context: ToolContext): Promise<z.output<Output>>;
  /** Turns exactly the data into text for models and people. */
  render(data: z.output<Output>): string;
}

/** Any tool, its schemas forgotten: what catalogues and the pipeline hold. */
export type AnyTool = Tool;

/** Types a tool from its schemas and makes its input strict. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(tool: Tool<Input, Output>): AnyTool {
  // `run` and `render` are called only with what `input` and `output` have parsed.
  return { ...tool, description: oneParagraph(tool.description), input: tool.input.strict() };
}

const oneParagraph = (text: string): string => text.trim().replaceAll(/\s+/g, ' ');
