import { AppError } from '../../platform/errors.ts';
import { redactText } from '../../platform/redact.ts';
import { safeText } from '../../platform/safe-text.ts';
import { codesOf } from '../error-codes.ts';
import { type Asking, permissionOf, subjectOf } from './asking.ts';
import { errorOfStatus } from './errors.ts';
import type { StatusBody } from './status-body.ts';

interface Attempted {
  readonly asking: Asking;
  readonly dryRun?: boolean | undefined;
}

type Details = Readonly<Record<string, unknown>>;

/**
 * An answer to a change that is not 2xx, in the words of the product; the API server's own ones are in `details.said`,
 * without values that may be secret. Nothing has changed, but after 5xx nobody knows:
 * an API server answers so too when its store did not answer in time.
 */
export function errorOfWriteStatus(status: number, body: StatusBody, attempted: Attempted): AppError {
  const { asking } = attempted;
  const said = saidBy(body);
  const { namespace } = asking;
  const details = {
    status,
    ...(namespace !== undefined && { namespace }),
    ...(body.reason && { reason: body.reason }),
    ...(said && { said }),
  };
  const budgets = asking.subresource === 'eviction' ? budgetsIn(status, body) : undefined;
  if (budgets !== undefined) return heldByBudget(budgets, said, { ...details, ...retryAfterOf(body) });
  if (deniedByAdmission(status, said)) return deniedAdmission(said, asking, details);
  switch (status) {
    case 403: {
      const permission = permissionOf(asking);
      const hint = `Grant "${permission}"${namespace === undefined ? '' : ` in namespace ${namespace}`}.`;
      const message = said || `Not allowed to ${asking.verb} ${subjectOf(asking)}.`;
      return new AppError('permission_denied', message, {
        hint,
        details: { ...details, required_permission: permission },
      });
    }
    case 409:
      return changedMeanwhile(asking, details);
    case 422:
      // Of a step of a JSON patch that does not hold the API server says nothing more.
      return body.details?.causes === undefined && !said.includes('is invalid')
        ? changedMeanwhile(asking, details)
        : invalid(said, asking, details);
    case 400:
      return invalid(said, asking, details);
    case 401:
    case 404:
      return errorOfStatus(status, body, asking);
    case 429:
      return new AppError('api_error', `The API server is too busy to change ${subjectOf(asking)}. Nothing changed.`, {
        hint: 'Try again later.',
        details: { ...details, ...retryAfterOf(body) },
      });
    default:
      return status < 500 ? otherRefusal(said, asking, details) : afterwardsUnknown(said, attempted, details);
  }
}

interface Failed extends Attempted {
  readonly cause: unknown;
  /** Whether the request may have left. */
  readonly sent: boolean;
}

/** Codes of a connection that never came about: no request can have left. */
const unconnected =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_|UND_ERR_CONNECT_TIMEOUT|EHOST|ENETUNREACH|CERT_|ERR_TLS|ERR_INVALID|.*SELF_SIGNED|UNABLE_TO_)/;

/** Adds what a failure without an answer means for a change; `error` is in the words of the product already. */
export function errorOfWriteFailure(error: unknown, { cause, sent, ...attempted }: Failed): unknown {
  // Already says it, or is a slip of a programmer.
  if (!(error instanceof AppError) || (error === cause && 'status' in error.details)) return error;
  const { message, details } = error;
  const left = sent && !codesOf(cause).some((code) => unconnected.test(code));
  const effect = left && attempted.dryRun !== true ? 'unknown' : 'none';
  const code = error.code === 'timeout' ? 'timeout' : 'unavailable';
  return new AppError(code, `${message} ${effectSentence(effect)}`, {
    hint: effect === 'unknown' ? unknownHint : error.hint,
    details: { ...details, effect },
    cause,
  });
}

const unknownHint = 'Read the object again before anything else is tried.';
const effectSentence = (effect: 'none' | 'unknown'): string =>
  effect === 'none' ? 'Nothing changed.' : 'It is unknown whether the change was made.';

function afterwardsUnknown(said: string, { asking, dryRun = false }: Attempted, details: Details): AppError {
  const effect = dryRun ? 'none' : 'unknown';
  const sentence = `The API server answered ${String(details.status)} to a change of ${subjectOf(asking)}`;
  return new AppError(
    details.status === 504 ? 'timeout' : 'unavailable',
    `${sentence}${said && `: ${said}`}. ${effectSentence(effect)}`,
    { hint: dryRun ? 'Try again later.' : unknownHint, details: { ...details, effect } },
  );
}

const changedMeanwhile = (asking: Asking, details: Details): AppError =>
  details.reason === 'AlreadyExists'
    ? new AppError('conflict', `${capital(subjectOf(asking))} exists already.`, { details })
    : new AppError('conflict', `${capital(subjectOf(asking))} has changed meanwhile. Nothing was done.`, {
        hint: 'Plan again from what it is now.',
        details,
      });

const invalid = (said: string, asking: Asking, details: Details): AppError =>
  new AppError('validation_error', `The API server refuses this change of ${subjectOf(asking)}${said && `: ${said}`}`, {
    hint: 'Nothing changed. Plan something else.',
    details,
  });

const otherRefusal = (said: string, asking: Asking, details: Details): AppError =>
  new AppError(
    'api_error',
    `The API server answered ${String(details.status)} to a change of ${subjectOf(asking)}${said && `: ${said}`}`,
    { hint: 'Nothing changed.', details },
  );

/** A webhook, a policy, a quota or Pod Security said no; of RBAC the API server says "User "x" cannot …". */
const deniedByAdmission = (status: number, said: string): boolean =>
  status < 500 &&
  (/^admission webhook "[^"]*" denied|ValidatingAdmissionPolicy '[^']*'/.test(said) ||
    (status === 403 && said !== '' && !/" cannot [a-z]+ (?:resource|path) "/.test(said)));

const deniedAdmission = (said: string, asking: Asking, details: Details): AppError =>
  new AppError('refused', `The cluster's own rules refuse this change of ${subjectOf(asking)}: ${said}`, {
    hint: 'Nothing changed. A quota, a policy or a webhook of the cluster decides this.',
    details: { ...details, admission: true },
  });

/**
 * The PodDisruptionBudgets that stand against an eviction, by the causes that pkg/registry/core/pod/storage/eviction.go
 * gives; of several over one pod it says no names, and 500.
 */
function budgetsIn(status: number, { message = '', details }: StatusBody): readonly string[] | undefined {
  if (status === 500 && message.includes('more than one PodDisruptionBudget')) return [];
  const causes = (details?.causes ?? []).filter(({ reason }) => reason === 'DisruptionBudget');
  if (status !== 429 || causes.length === 0) return undefined;
  return causes.flatMap((cause) => /disruption budget (\S+) /.exec(cause.message ?? '')?.[1] ?? []);
}

function heldByBudget(budgets: readonly string[], said: string, details: Details): AppError {
  const [budget] = budgets;
  const which = budget === undefined ? 'More than one PodDisruptionBudget' : `PodDisruptionBudget/${budget}`;
  return new AppError('refused', `${which} does not allow this eviction: ${said} Nothing changed.`, {
    hint: 'Wait until more of its pods are ready; a budget is never bypassed.',
    details: { ...details, budget: budget ?? 'several' },
  });
}

const retryAfterOf = ({ details }: StatusBody): { retry_after_seconds?: number } =>
  details?.retryAfterSeconds === undefined ? {} : { retry_after_seconds: details.retryAfterSeconds };

/** A complaint about a field may quote the whole object, with the values of its variables; another one shows a diff. */
function saidBy({ message = '', details }: StatusBody): string {
  const [line = ''] = message.split('\n', 1);
  const causes = (details?.causes ?? []).filter(({ reason }) => reason === 'DisruptionBudget');
  const whole = causes.length > 0 ? causes.map((cause) => `${cause.message ?? ''}.`).join(' ') : line;
  return safeText(redactText(withoutObject(whole))).slice(0, 1000);
}

const quoting = /Invalid value: (?="?[\w.]*\{)/;

function withoutObject(text: string): string {
  const found = quoting.exec(text);
  if (found === null) return text;
  const rest = text.slice(found.index);
  return `${text.slice(0, found.index)}Invalid value${rest.slice(rest.lastIndexOf('}') + 1).replace(/^"/, '')}`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
