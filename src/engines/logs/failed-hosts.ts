/** The far side of a connection that failed, as a log names it. */
export interface FailedHost {
  readonly host: string;
  readonly port: number | undefined;
  readonly failure: ConnectionFailure;
}
export type ConnectionFailure =
  | 'refused'
  | 'timeout'
  | 'unknown-host'
  | 'unreachable'
  | 'closed'
  | 'unreached'
  /** It answers, with an error: 502, 503, 504. */
  | 'unavailable';

/** What the failure is called to a person. */
export const failureWords: Readonly<Record<ConnectionFailure, string>> = {
  refused: 'connection refused',
  timeout: 'no answer in time',
  'unknown-host': 'no such host',
  unreachable: 'no route to it',
  closed: 'connection closed',
  unavailable: 'it answers with an error',
  unreached: 'no connection',
};

/** The address of a Service answers no ping, and few answer from private networks: only what is outside tells anything. */
const pinged =
  '--- (?!(?:10|127|169\\.254|192\\.168|172\\.(?:1[6-9]|2\\d|3[01]))\\.)(?<host>(?:\\d{1,3}\\.){3}\\d{1,3}|(?:[a-z0-9-]+\\.)+(?!svc\\b|local\\b|internal\\b)[a-z]{2,}) ping statistics ---';

const failures: readonly (readonly [RegExp, ConnectionFailure])[] = [
  [
    /no such host|ENOTFOUND|EAI_AGAIN|name or service not known|name does not resolve|nodename nor servname|UnknownHostException|could not translate host name|temporary failure in name resolution|bad address|unknown host|server misbehaving|failure in name resolution|can't resolve|NXDOMAIN|no address associated|SocketException \([^)]{1,40}\): Resource temporarily unavailable|host not found|domain name not found|(?:couldn't|could not|cannot|can't|unable to|failed to) look ?up (?:the )?(?:host|name|address)\b|DNS resolution failed|could not resolve (?:the )?(?:\w+ ){0,2}(?:host(?: ?name)?|address|ip)\b/i,
    'unknown-host',
  ],
  [/connection[ _](?:to (?:the server )?\S{1,300} (?:was |is )?)?refused|ECONNREFUSED|actively refused/i, 'refused'],
  [/no route to host|EHOSTUNREACH|ENETUNREACH|network is unreachable|host is unreachable/i, 'unreachable'],
  [
    /i\/o timeout|ETIMEDOUT|connection timed out|connect(?:ion)? timeout|timed out(?! waiting for the condition)|Connect_?Timeout|timeout connecting|Client\.Timeout exceeded|timeout while connecting|kafka\.common\.errors\.TimeoutException|deadline exceeded|SocketTimeoutException/i,
    'timeout',
  ],
  [
    /ECONNRESET|connection reset|broken pipe|unexpected EOF|connection closed|server closed the connection|socket hang up/i,
    'closed',
  ],
  // Envoy, and MySQL's connector, which name no side and tell no reason.
  [/upstream connect error or disconnect\/reset before headers|\bCommunications link failure\b/i, 'unreached'],
  // pg_isready
  [/:\d{2,5} - no response$/im, 'unreached'],
  // Clients that know several servers, and name none
  [
    /\bno reachable (?:servers?|hosts?|brokers?|nodes?)\b|\bNoBrokersAvailable\b|\bno Elasticsearch node available\b/i,
    'unreached',
  ],
  // node-fetch
  [/\brequest to https?:\/\/\S{1,300} failed\b/i, 'unreached'],
  // curl, of a request that no server answered
  [/\b(?:HTTP|http_code|status|code|response)(?: code)?[=: ]{1,3}["']?000\b/i, 'unreached'],
  [new RegExp(`${pinged}[^\\n]*\\n[^\\n]*\\b100% packet loss`), 'timeout'],
  // Wrappers that leave out why; only what looks like an address is one.
];

/** How a connection failed, by the words of a text; `undefined` when it is about something else. */
export const connectionFailureIn = (text: string): ConnectionFailure | undefined =>
  failures.find(([pattern]) => pattern.test(text))?.[1] ??
  (unreached.test(text) && !answered.test(text) ? 'unreached' : undefined);

/** Words of clients that do not say why. */
const unreached =
  /\b(?:(?:can(?:no|')t|could not|unable to|failed to) (?:reach|connect to)|fail(?:ed)? connecting to)\b[^\n]{0,40}\b(?:server|database|host|broker|redis|postgres\w*|mysql|mongo\w*)\b|\b(?:cannot|can't|could not|couldn't|unable to|failed to) (?:reach|contact|connect to) (?:\S+ ){0,3}\S*(?::\/\/|:\d{2,5}\b|[a-z]\.[a-z])|[a-z0-9]:\d{2,5}\b\S{0,60} (?:is |was )?(?:unreachable|not reachable)\b|\bAll host\(s\) tried\b/i;
/** Who is refused for a reason was connected. */
const answered =
  /authenticat|authoriz|password|denied|credential|certificate|x509|\btls\b|\bssl\b|not exist|forbidden/i;

const host =
  '(?<host>(?:\\d{1,3}\\.){3}\\d{1,3}|[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*)\\.?';
const port = '(?<port>\\d{1,5})';

const connecting =
  '\\b(?:connect(?:ing|ion)?|connected|reach(?:ing)?|waiting|wait|resolve|resolving|refused|contact|unreachable)\\b(?: timed out| failed| refused)?(?: to| for| at| with| by|:)*(?: host| server| service| database| broker)?';

/** What a far side is called before its name: `failed to resolve peer raft-0.raft`. They are names of Services too. */
const role =
  '(?:peer|node|member|endpoint|upstream|backend|address|hostname|name|replica|leader|master|primary|instance|url)';
const form = (pattern: string, flags = ''): RegExp => new RegExp(pattern, `g${flags}`);
/** Best first: the forms that name the far side beyond doubt. */
const forms: readonly RegExp[] = [
  // nginx: the far side stands beside the host that the client asked for.
  form(`\\bupstream: "\\w+://${host}(?::${port})?`),
  form(pinged),
  // A name that was not found: what follows is the DNS server.
  form(`\\blookup ${host}(?: on |: |,)`),
  // nginx, which asks a resolver of its own.
  form(`${host} could not be resolved \\(`),
  form(`\\blook ?up (?:the )?host(?:name)? ['"]?${host}`),
  form(`\\bDNS resolution failed for (?:service: )?${host}(?::${port})?`),
  // Go: the last address of `10.0.0.1:43210->10.0.0.2:5432` is the far side.
  form(`\\bdial (?:tcp|udp)[46]? (?:[^\\s:]+:\\d+->)?${host}:${port}`),
  form(`->${host}:${port}`),
  // Java: the name and what it resolved to.
  form(`(?<![\\w./-])${host}/(?:\\d{1,3}\\.){3}\\d{1,3}:${port}\\b`),
  form(`\\bipv[46]:${host}:${port}`),
  form(`\\bgetaddrinfo (?:ENOTFOUND|EAI_AGAIN) ${host}`),
  form(`\\bgetaddrinfo for ${host} failed`),
  form(`\\bconnect (?:ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ECONNRESET) (?:::ffff:)?${host}:${port}`),
  form(`\\bserver at "${host}"(?: \\([^)]*\\))?, port ${port}`),
  form(`\\bhost=["']?${host}["']?,? port=["']?${port}`),
  form(`\\bhost:? "?${host}"?(?: \\([^)]*\\))?,? port:? "?${port}`),
  form(`\\bhost(?: ?name)?[ =:]+["']${host}["']`, 'i'),
  form(`\\bhost not found in \\w+ "${host}(?::${port})?"`),
  form(`\\bUnknownHostException: ${host}`),
  form(
    `\\b(?:amqp|redis|rediss|postgres(?:ql)?|mysql|mongodb(?:\\+srv)?|https?|nats|kafka|tcp|grpc|jdbc:\\w+)://(?:[^\\s@/]*@)?${host}(?::${port})?`,
  ),
  form(`\\bbad address ['"]${host}(?::${port})?['"]`),
  form(`\\bcan't (?:resolve|find) ['"]?${host}`),
  form(`\\bwget: can't connect to remote host \\(?${host}`),
  form(`\\bcan't connect to (?:remote )?(?:host |server |MySQL server )?(?:on )?[('"]*${host}(?:[:)'"]+${port})?`, 'i'),
  form(`\\b(?:reach|connect to) (?:\\w+ )?server at ["'\`]?${host}(?::${port})?`, 'i'),
  form(`\\bFailed to connect to ${host}(?:/\\S+)? port ${port}`, 'i'),
  form(`${connecting}[ :]+["'\`(]*${host}[:/ ]+${port}\\b`, 'i'),
  form(
    `\\b(?:resolve|reach|connect to|contact|join|dial|ping) ${role}[ "'\`(]+(?=[\\w-]+[.:])${host}(?::${port}\\b)?`,
    'i',
  ),
  // What follows a dot is the end of a file's name: `[_channel.py:1160]`.
  form(`(?<!\\.)\\b${host}:${port}\\b`),
  // Without a port it may as well be a product: `connection to Redis: …`.
  form(`${connecting}[ :]+["'\`(]*(?!SQL Server\\b)${host}`, 'i'),
];

const itself = /^(?:localhost|127(?:\.\d{1,3}){3})$/;

/** Words in the place of a host that are none. */
const noHost =
  /^(?:the|a|an|to|for|at|on|by|and|is|in|it|host|server|service|database|db server|broker|connection|remote|refused|timeout|timed|error|failed|failure|after|seconds|attempt|retry|retrying|localhost|E(?:CONN|TIMED|HOST|NET|AI_)\w+|[\d-]+(?:T\d+)?|\w+Exception|\w+Error|[\w-]+\.(?:go|js|ts|py|java|rb|rs|cs|kt|php|c|cpp|json|ya?ml))$/i;

/** Some of them are names of Services too: with a port they are meant so. */
const mayBeNamed = /^(?:server|service|database|db|broker)$/i;

/** Hosts and ports of connections that a text says failed. Empty when it speaks of no failed connection. */
export function hostsIn(text: string): readonly FailedHost[] {
  const failure = connectionFailureIn(text);
  const side = failure === undefined ? undefined : farSideIn(text);
  return failure === undefined || side === undefined ? [] : [{ ...side, failure }];
}

/** The far side of the connection that a text is about, whatever became of it. */
export function farSideIn(text: string): Pick<FailedHost, 'host' | 'port'> | undefined {
  for (const form of forms) {
    // `matchAll` would make a copy of each for each text.
    form.lastIndex = 0;
    for (let match = form.exec(text); match !== null; match = form.exec(text)) {
      const { groups } = match;
      const name = groups?.['host']?.toLowerCase();
      // It names itself: whatever else the text names is not the far side.
      if (name !== undefined && itself.test(name)) return undefined;
      const number = groups?.['port'];
      if (name === undefined || (noHost.test(name) && !(number !== undefined && mayBeNamed.test(name)))) continue;
      return { host: name, port: number === undefined ? undefined : Number(number) };
    }
  }
  return undefined;
}
