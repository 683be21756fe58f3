import { AppError } from '../../platform/errors.ts';
import { safeText } from '../../platform/safe-text.ts';
import { codesOf } from '../error-codes.ts';
import { type Asking, permissionOf, subjectOf } from './asking.ts';
import { badArgument } from './bad-arguments.ts';
import type { StatusBody } from './status-body.ts';

/** An answer that is not 2xx, in the words of the product (docs/api.md). */
export function errorOfStatus(status: number, body: StatusBody, asking: Asking): AppError {
  const { namespace, name } = asking;
  const said = safeText(body.message ?? '').slice(0, 1000);
  const details = {
    status,
    ...(namespace !== undefined && { namespace }),
    ...(body.reason && { reason: body.reason }),
  };
  switch (status) {
    case 400:
      return badArgument(said, asking, details) ?? otherFailure(said, asking, details);
    case 401:
      return new AppError('permission_denied', 'The API server does not accept these credentials.', {
        hint: 'They may have expired: log in again, or renew the token in the kubeconfig.',
        details,
      });
    case 403: {
      const permission = permissionOf(asking);
      return new AppError('permission_denied', said || `Not allowed to read ${subjectOf(asking)}.`, {
        hint: `Grant "${permission}"${namespace === undefined ? '' : ` in namespace ${namespace}`}; kubemend doctor shows all that is missing.`,
        details: { ...details, required_permission: permission },
      });
    }
    case 404:
      return new AppError('not_found', `${capital(subjectOf(asking))} does not exist.`, {
        hint:
          name === undefined
            ? 'list_resources shows what there is.'
            : 'Check the name and the namespace; list_resources shows what there is.',
        details,
      });
    case 410:
      return new AppError('validation_error', `The list of ${subjectOf(asking)} is too old to continue.`, {
        hint: 'Start again without a cursor.',
        details: { ...details, problems: [{ path: 'cursor', message: 'is too old' }] },
      });
    default:
      return otherFailure(said, asking, details);
  }
}

const otherFailure = (
  said: string,
  asking: Asking,
  details: Readonly<Record<string, unknown>> & { readonly status: number },
): AppError =>
  new AppError(
    'api_error',
    `The API server answered ${details.status} to reading ${subjectOf(asking)}${said && `: ${said}`}`,
    { hint: hintOfStatus(details.status), details },
  );

function hintOfStatus(status: number): string {
  if (status === 429) return 'The API server is busy: try again later, or ask for less.';
  if (status < 500) return 'Check the arguments: the API server does not understand the question.';
  return 'Try again; if it stays, look at the API server itself.';
}

/** To an API server; URLs. */
export interface Way {
  readonly server: string;
  readonly proxy?: string | undefined;
}

/** A request that got no answer. Errors that are already ours stay, and so do slips of a programmer, which have no code. */
export function errorOfFailure(error: unknown, { server, proxy }: Way, asking: Asking): unknown {
  if (error instanceof AppError) return error;
  // undici (8.12) gives no code to an answer that is none from its first byte.
  const codes = isNoAnswer(error) ? ['HPE_INVALID_CONSTANT'] : codesOf(error);
  if (codes.length === 0 && isSlip(error)) return error;
  const host = hostOf(server);
  const place = proxy === undefined ? host : `${host} through proxy ${hostOf(proxy)}`;
  const because = (sentence: string, hint: string) =>
    new AppError('unavailable', `${sentence}.`, { hint, details: { server: host }, cause: error });
  if (codes.some((code) => slow.has(code)) || isTimeout(error)) {
    return new AppError('timeout', `The API server at ${place} took too long to answer for ${subjectOf(asking)}.`, {
      hint: 'Try again, or ask for less: one namespace, one object.',
      cause: error,
    });
  }
  for (const [matching, sentence, hint] of reasons) {
    if (codes.some((code) => matching.test(code))) return because(sentence(place), hint);
  }
  return because(`The API server at ${place} cannot be reached`, reachHint);
}

const slow: ReadonlySet<string> = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);
const isSlip = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
const isNoAnswer = (error: unknown): boolean => error instanceof Error && error.name === 'HTTPParserError';
const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError';

const reachHint =
  'Check that the cluster runs and that this machine reaches it (VPN, proxy, firewall); doctor tests each step.';
const caHint = 'Check certificate-authority-data and the server of this cluster in the kubeconfig.';

/** Codes of Node, OpenSSL and undici, what they mean, and what to do. The first that matches wins. */
const reasons: readonly (readonly [RegExp, (host: string) => string, string])[] = [
  [
    /^(?:ERR_INVALID_URL|UND_ERR_INVALID_ARG)$/,
    () => 'The server of this cluster in the kubeconfig is no URL',
    'Write it as https://HOST:PORT.',
  ],
  [
    /^(?:ENOTFOUND|EAI_)/,
    (host) => `The name of the API server, ${host}, cannot be resolved`,
    'Check the server in the kubeconfig, and DNS or VPN on this machine.',
  ],
  [
    /^ECONNREFUSED$/,
    (host) => `Nothing listens at ${host}: the API server is down, or this is not its address`,
    reachHint,
  ],
  [
    /^(?:UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN)$/,
    (host) => `The API server at ${host} cannot be reached`,
    reachHint,
  ],
  [
    /^CERT_HAS_EXPIRED$/,
    (host) => `The certificate of the API server at ${host} has expired`,
    "The cluster's certificates need to be renewed.",
  ],
  [
    /^CERT_NOT_YET_VALID$/,
    (host) => `The certificate of the API server at ${host} is not valid yet`,
    'Check the clocks of this machine and of the cluster.',
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    (host) => `The certificate of the API server is not for ${host}`,
    'Check the server, or tls-server-name, in the kubeconfig.',
  ],
  [
    /SELF_SIGNED|^UNABLE_TO_(?:VERIFY|GET_ISSUER)/,
    (host) =>
      `The certificate of the API server at ${host} is signed by an authority that the kubeconfig does not name`,
    caHint,
  ],
  [
    /^ERR_SSL_.*ALERT|ALERT/,
    (host) => `The API server at ${host} refuses the client certificate`,
    'It may have expired, or is not of this cluster: renew it.',
  ],
  [
    /^(?:ERR_SSL|ERR_OSSL|EPROTO|ERR_TLS|ERR_CRYPTO)/,
    (host) => `No TLS connection to ${host} comes about`,
    'Check that the server in the kubeconfig says https and is an API server, and that certificate and key belong together.',
  ],
  [/^UND_ERR_PRX/, (host) => `The proxy on the way to ${host} refuses`, 'Check proxy-url in the kubeconfig.'],
  [/^HPE_|^UND_ERR_HEADERS/, (host) => `What answers at ${host} does not speak HTTP as an API server does`, caHint],
  [
    /^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_INFO|ERR_HTTP2_.*)$/,
    (host) => `The connection to the API server at ${host} broke`,
    'Try again; if it stays, look at the API server and at what is in between.',
  ],
];

const hostOf = (server: string): string => (URL.canParse(server) ? new URL(server).host : 'the given address');
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
