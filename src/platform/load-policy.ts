import { open } from 'node:fs/promises';
import type * as z from 'zod';
import { AppError, type ErrorType } from './errors.ts';
import { defaultPolicy, type HealingPolicy, policySchema } from './healing-policy.ts';
import { nearest } from './nearest.ts';
import { type PolicyDocument, policyDocument } from './policy-document.ts';
import { knownKeys } from './policy-keys.ts';
import { inWords, maxProblems, type Problem, pathOf } from './problems.ts';
import { quoted } from './safe-text.ts';
import { plainText } from './untrusted.ts';

/** Bytes of a policy: hundreds of rules. Whoever writes more gave us another file. */
const maxPolicyBytes = 64 * 1024;

/** One thing that is wrong with a policy, and where. */
export interface PolicyProblem extends Problem {
  /** Counted from 1; absent when it is about the whole. */
  readonly line?: number | undefined;
}

/** A policy, or all that is wrong with it. */
export type CheckedPolicy =
  | { readonly policy: HealingPolicy; readonly problems: readonly [] }
  | { readonly policy: undefined; readonly problems: readonly PolicyProblem[] };

/**
 * The policy in the file of that path; what holds without one when there is no path. Never falls back: a policy that
 * cannot be read allows nothing.
 * @throws AppError `validation_error` with all that is wrong in `details.problems`, which are {@link PolicyProblem}s; and
 * what {@link checkPolicyFile} throws.
 */
export async function loadPolicy(path: string | undefined): Promise<HealingPolicy> {
  if (path === undefined) return defaultPolicy;
  const { policy, problems } = await checkPolicyFile(path);
  if (policy === undefined) throw badPolicy(path, problems);
  return policy;
}

/**
 * What the file of that path says.
 * @throws AppError `not_found`, `permission_denied`, `unavailable` or `validation_error` when it holds no text of a
 * policy's size.
 */
export const checkPolicyFile = async (path: string): Promise<CheckedPolicy> => checkPolicy(await textOf(path));

/** What a text says: YAML or JSON; an empty one is all defaults. */
export async function checkPolicy(text: string): Promise<CheckedPolicy> {
  const document = await policyDocument(text);
  const unreadable = document.problems.some(({ readable }) => !readable);
  const parsed = unreadable ? undefined : policySchema.safeParse(document.value ?? {});
  const problems = [
    ...document.problems.map(({ line, message }) => ({ path: '', line, message })),
    ...(parsed?.error?.issues ?? []).flatMap((issue) => problemsOf(issue, document)),
  ];
  if (parsed?.success && problems.length === 0) return { policy: parsed.data, problems: [] };
  const inOrder = problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)).map(plain);
  const more = { path: '', message: `and ${inOrder.length - maxProblems} more problems` };
  return {
    policy: undefined,
    problems: inOrder.length <= maxProblems ? inOrder : [...inOrder.slice(0, maxProblems), more],
  };
}

/** What the file says is printed. */
const plain = ({ path, line, message }: PolicyProblem): PolicyProblem => ({
  path: plainText(path),
  ...(line !== undefined && { line }),
  message: plainText(message),
});

const badPolicy = (name: string, problems: readonly PolicyProblem[]): AppError =>
  new AppError(
    'validation_error',
    `Bad policy ${name}:\n${problems.map((each) => `  ${problemLine(each)}`).join('\n')}`,
    {
      hint: 'kubemend policy schema prints what a policy may say; docs/policy.md explains it.',
      details: { problems },
    },
  );

/** `line 4: rules[0].tier: "aprove" must be one of …`. */
export const problemLine = ({ line, path, message }: PolicyProblem): string =>
  [...(line === undefined ? [] : [`line ${line}`]), ...(path === '' ? [] : [path]), message].join(': ');

function problemsOf(issue: z.core.$ZodIssue, document: PolicyDocument): readonly PolicyProblem[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: pathOf([...path, key]),
      line: document.lineOf([...path, key]),
      message: unknownKey(key, knownKeys(path)),
    }));
  return [{ path: pathOf(path), line: document.lineOf(path), message: messageOf(issue, document.value) }];
}

function unknownKey(key: string, known: readonly string[]): string {
  const [suggestion] = nearest(key, known, 1);
  return suggestion === undefined
    ? `there is no such field; there are ${known.join(', ')}`
    : `there is no such field; did you mean ${suggestion}?`;
}

function messageOf(issue: z.core.$ZodIssue, whole: unknown): string {
  const value = issue.path.reduce<unknown>(valueIn, whole);
  if (value === null) return 'is empty: give it a value, or leave it out';
  const said = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : inWords(issue);
  if (value === undefined) return said.startsWith('must') ? `is missing; it ${said}` : said;
  return typeof value === 'object' || issue.code === 'invalid_key' ? said : `${shown(value)} ${said}`;
}

const shown = (value: unknown): string => (typeof value === 'string' ? quoted(value, 60) : String(value));

const valueIn = (container: unknown, part: PropertyKey): unknown =>
  typeof container === 'object' && container !== null ? Reflect.get(container, part) : undefined;

async function textOf(path: string): Promise<string> {
  const bytes = await readBounded(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (bytes.length > maxPolicyBytes) throw noPolicy(`${path} is larger than ${maxPolicyBytes / 1024} KiB`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw noPolicy(`${path} is no text in UTF-8`, cause);
  }
}

const noPolicy = (problem: string, cause?: unknown): AppError =>
  new AppError('validation_error', `${problem}: it is no policy.`, { hint, cause });

/** At most one byte more than a policy may have: `/dev/zero` never ends. */
async function readBounded(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(maxPolicyBytes + 1);
    let size = 0;
    for (let read = -1; read !== 0 && size < buffer.length; size += read) {
      ({ bytesRead: read } = await file.read(buffer, size, buffer.length - size));
    }
    return buffer.subarray(0, size);
  } finally {
    await file.close();
  }
}

const reasons: Readonly<Record<string, readonly [ErrorType, string]>> = {
  ENOENT: ['not_found', 'there is no such file'],
  ENOTDIR: ['not_found', 'there is no such file'],
  EACCES: ['permission_denied', 'it may not be read'],
  EPERM: ['permission_denied', 'it may not be read'],
  EISDIR: ['validation_error', 'it is a folder'],
};

function unreadable(path: string, cause: unknown): AppError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
  const [type, reason] = reasons[code] ?? (['unavailable', code] as const);
  return new AppError(type, `The policy ${path} cannot be read: ${reason}.`, {
    hint,
    cause,
  });
}

const hint = 'KUBEMEND_POLICY (or --policy) is the path of one file.';
