import { dotnetHead, type LogEntry } from './entries.ts';
import { connectionFailureIn } from './failed-hosts.ts';

/** Faults that logs of many programs tell in the same words. */
export const signatureIds = [
  'port-in-use',
  'permission',
  'threads-exhausted',
  'disk-full',
  'file-handles-exhausted',
  'runtime-memory',
  'dns',
  'connection',
  'certificate-expired',
  'tls',
  'bad-credentials',
  'rbac',
  'migration-failed',
  'pool-exhausted',
  'deadlock',
  'server-refuses',
  'missing-variable',
  'config-parse',
  'upstream',
] as const;
export type SignatureId = (typeof signatureIds)[number];

/** What each is called to a person. */
export const signatureTitles: Readonly<Record<SignatureId, string>> = {
  'port-in-use': 'cannot listen on a port',
  permission: 'may not use a path',
  'threads-exhausted': 'cannot start more threads or processes',
  'disk-full': 'no space left',
  'file-handles-exhausted': 'too many open files',
  'runtime-memory': 'the runtime ran out of memory',
  dns: 'a host name does not resolve',
  connection: 'cannot reach something',
  'certificate-expired': 'a certificate has expired',
  tls: 'TLS fails',
  'bad-credentials': 'credentials are refused',
  rbac: 'the API server forbids a request',
  'migration-failed': 'the database schema does not fit',
  'pool-exhausted': 'no connection is free',
  deadlock: 'a deadlock',
  'server-refuses': 'a server takes no requests of this kind',
  'missing-variable': 'a setting is missing',
  'config-parse': 'a configuration cannot be read',
  upstream: 'an upstream fails',
};

/** Never a part of a URL. */
const path = /(?<![\w/:])\/[\w.@-]/;
const constant = String.raw`[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+`;
const absent = String.raw`(?:(?:is |was |are )?(?:not|never) (?:set|defined|provided|configured|found|specified)|(?:is |are )?(?:missing|required|unset|undefined|empty|unbound)|must be (?:set|provided|defined|specified)|unbound variable|parameter (?:null or )?not set)`;
const configFile = String.raw`[\w-]\.(?:ya?ml|json|toml|ini|conf|cfg|properties|xml|hcl|env)\b`;
const badConfig = String.raw`(?:pars\w+|syntax|invalid|malformed|unexpected|unmarshal\w*|decod\w+|expected|illegal|unknown (?:field|key|option|directive|property))`;

/** A pattern, and another that the same line must have: two searches are linear where one would not be. */
type Signature = readonly [SignatureId, RegExp, RegExp?];

/** First match wins: words that name the fault beyond doubt stand before those that may be its effect. */
const signatures: readonly Signature[] = [
  ['port-in-use', /\bEADDRINUSE\b|address (?:is )?already in use|port (?:\d+ )?(?:is |was )?already in use/i],
  [
    'port-in-use',
    /\b(?:bind|listen)\b.*(?:permission denied|EACCES)|(?:permission denied|EACCES).*\b(?:bind|listen)\b/i,
  ],
  // What was refused stands in a frame of the trace only (.NET, Java, Python).
  [
    'port-in-use',
    /(?:SocketException|PermissionError|BindException|SystemError|UvException)\b[^\n]{0,80}permission denied[^]*(?:\bDoBind|\bbind0?|[._]bind)\(/i,
  ],
  ['permission', /read-only file ?system|\bEROFS\b|attempt to write a readonly database/i],
  [
    'permission',
    /permission denied|operation not permitted|\bEACCES\b|\bEPERM\b|AccessDeniedException|(?<!RBAC: )access denied(?! for user)/i,
    path,
  ],
  ['permission', /\b(?:EACCES|EPERM|EROFS): [^\n]{0,60}\b(?:mkdir|open|scandir|unlink|rename|rmdir|copyfile) '[^'/]/],
  [
    'threads-exhausted',
    /unable to create (?:new )?native thread|can(?:'t|not) (?:start|create|allocate) (?:a )?(?:new )?thread|pthread_create\b.*(?:failed|unavailable)|\bfork\b.*Resource temporarily unavailable|(?:failed|unable) to (?:create|spawn) (?:new )?(?:OS |native )?thread/i,
  ],
  [
    'disk-full',
    /no space left on device|\bENOSPC\b(?!.*watchers)|disk (?:is )?full\b|not enough space on the disk|disk quota exceeded|\bEDQUOT\b/i,
  ],
  ['file-handles-exhausted', /too many open files|\bEMFILE\b|\bENFILE\b|number of file watchers reached/i],
  [
    'runtime-memory',
    /\bjava\.lang\.OutOfMemoryError|\bOutOfMemoryError: |heap out of memory|Reached heap limit|(?:^|\s)MemoryError(?::|$)|fatal error: (?:runtime: )?(?:out of memory|cannot allocate memory)|\bruntime: out of memory|\bOutOfMemoryException\b|\bNoMemoryError\b|std::bad_alloc|memory allocation of \d+ bytes failed|Allowed memory size of \d+ bytes exhausted/m,
  ],
  [
    'certificate-expired',
    /certificate (?:has expired|is expired|expired)|\bCERT_HAS_EXPIRED\b|CertificateExpiredException|certificate has expired or is not yet valid|(?:ssl|tls)v?\d* alert certificate expired/i,
  ],
  [
    'tls',
    /\bx509: |PKIX path building failed|CERTIFICATE_VERIFY_FAILED|UNABLE_TO_(?:VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT)|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|certificate verify failed|certificate signed by unknown authority|self[- ]signed certificate|unable to (?:get local issuer|verify the first) certificate|SSLHandshakeException|SSLPeerUnverifiedException|\btls: (?:handshake failure|failed to verify|bad certificate|first record does not look|unknown certificate|protocol version)|remote error: tls|ERR_TLS_CERT|WRONG_VERSION_NUMBER|wrong version number|remote certificate is invalid|server gave HTTP response to HTTPS client|InvalidCertificate/i,
  ],
  [
    'bad-credentials',
    /password authentication failed|\bnot authorized on \S{1,80} to execute command\b|\bcommand \w+ requires authentication\b|authentication failed(?: for| with|:|\.|$)|\bAccess denied for user\b|\bACCESS_REFUSED\b|\bNOAUTH\b|\bWRONGPASS\b|\binvalid (?:user ?name|user or|login|credentials?|password|(?:\w+ )?api[- ]?key|access[- ]?key|(?:auth\w*|access|bearer|refresh|jwt|api) token)\b|\bbad credentials\b|InvalidAccessKeyId|\bAccess Key Id you provided does not exist|: Authentication required\.|SignatureDoesNotMatch|\bLogin failed for user\b|\b28P01\b|SASL authentication failed|incorrect (?:user ?name|password)|no password supplied|\bORA-01017\b|\binvalid_(?:client|grant)\b|\b401 Unauthorized\b|(?:status|status code|HTTP|code|returned|got|error)[ :=]+401\b|AuthenticationException: (?!.*certificate)|CredentialsProviderError|\brole "[^"]+" does not exist|\bUserNotFound\b|Could not find user|Unable to locate credentials|ExpiredToken(?:Exception)?\b|token (?:is |has )?expired/im,
  ],
  ['rbac', /\bUser \\?"[^"]+" cannot \w+ resource \\?"/],
  [
    'rbac',
    // Most lines have none of these: then the long pattern is never compiled.
    /\b(?:403|[Ff]orbidden)\b/,
    /\b(?:cannot|can't|may not|failed to|unable to) (?:get|list|watch|create|update|patch|delete) (?:pods|secrets|configmaps|nodes|namespaces|endpoints|serviceaccounts|persistentvolumeclaims|deployments|statefulsets|daemonsets|replicasets|cronjobs|ingresses)\b[^\n]*\b(?:403|[Ff]orbidden)\b/,
  ],
  [
    'migration-failed',
    /\bDirty database version\b|\bFlyway\w*Exception|Validate failed: |Migrations? have failed validation|\bliquibase\b.*(?:Exception|failed)|Could not acquire change log lock|Can't locate revision identified by|\bP30(?:05|06|09|18)\b|PendingMigrationError|Migrations are pending|\bmigrations?\b[^\n]{0,80}\b(?:failed|aborted|error)\b|\b(?:failed|error|unable|cannot|could not)\b[^\n]{0,40}\b(?:migrat(?:e|ion|ions|ing)|run migrations?)\b|\brelation "[^"]+" (?:does not exist|already exists)|\bcolumn "?[\w.]+"? (?:of relation "[^"]+" )?does not exist|\bno such (?:table|column): |\bTable '[^']+' (?:doesn't|does not) exist|\bUnknown column '|migration checksum mismatch|\bschema version\b[^\n]{0,60}\b(?:mismatch|compatibility check failed|incompatible|too old)/i,
  ],
  [
    'pool-exhausted',
    /\b(?:connection )?pool\b[^\n]{0,40}\b(?:exhausted|is full|timed? ?out|timeout)|\bpool (?:exhausted|timeout)|Connection is not available, request timed out|QueuePool limit of size|too many clients already|\bToo many connections\b|remaining connection slots are reserved|Timeout acquiring a connection|ResourceRequest timed out|max(?:imum)? pool size was reached|could not obtain (?:a )?(?:database )?connection (?:from the pool )?within|max number of clients reached|\bORA-125(?:16|19|20)\b/i,
  ],
  // Answers of data stores that are reachable and full, read-only, or without a quorum.
  [
    'server-refuses',
    /\bOOM command not allowed|\bMISCONF Redis|\bREADONLY You can't write|\bReadOnlyError\b|You can't write against a read only|\bCLUSTERDOWN\b|\bMASTERDOWN\b|\bNOREPLICAS\b|NotEnoughReplicas\w*(?:Exception)?\b|\bcluster_block_exception\b|ClusterBlockException|flood[- ]stage (?:disk )?watermark|\bNotWritablePrimary\b|\bNotPrimaryNoSecondaryOk\b|\bReplicaSetNoPrimary\b|\bnot master\b|\bnode is not (?:the )?(?:primary|leader)\b|mvcc: database space exceeded|etcdserver: (?:no leader|mvcc)|cannot execute \w+(?: \w+)? in a read-only transaction|running with the --(?:super-)?read-only option|\b(?:memory|disk|resource) alarm\b|\bLEADER_NOT_AVAILABLE\b|reached (?:maximum|minimum) value of sequence|Failed to read auto-increment value/i,
  ],
  ['deadlock', /\bdeadlock (?:detected|found)\b|all goroutines are asleep - deadlock/i],
  [
    'missing-variable',
    new RegExp(
      `\\bDatabase is uninitialized and \\w*\\s?password\\b|(?:[Mm]issing|[Rr]equired|[Uu]nset|[Uu]ndefined|[Nn]o)\\b[^\\n]{0,40}\\benv(?:ironment)?[ _-]?var(?:iable)?s?\\b|\\b[Mm]issing required env\\b|\\b[Ee]nv(?:ironment)?(?: variables?| vars?)?\\b[^\\n]{0,80}\\b${absent}|\\b${constant}\\b["'\`]?:? (?:environment variable |env var )?${absent}|\\b(?:[Mm]issing|[Rr]equired|[Pp]lease set|[Mm]ust set|[Uu]nset|[Nn]o value for)\\b[^\\n]{0,40}\\b${constant}\\b|\\bKeyError: ['"]${constant}['"]|key not found: "${constant}"|Could not resolve placeholder '|\\bno ${constant}\\b|\\b[Cc]onfig property \\S+ is required\\b|\\b\\w+: (?:unbound variable|parameter not set)`,
      'm',
    ),
  ],
  [
    'config-parse',
    new RegExp(
      `\\byaml: (?:line|unmarshal|did not find|mapping|control|found|invalid)|\\btoml: |TOMLDecodeError|YAMLException|yaml\\.\\w+\\.\\w+Error|\\bPsych::SyntaxError|mapping values are not allowed|cannot start any token|did not find expected (?:key|node|'-')|unknown directive "|FATAL CONFIG FILE ERROR|\\bconfiguration file \\S+ test failed|\\[emerg\\].* in /\\S+:\\d+|[Ss]yntax error on line \\d+ of|\\b(?:failed|unable|cannot|could not|can't|error)\\b[^\\n]{0,24}\\b(?:pars(?:e|ing)|decod(?:e|ing)|unmarshal(?:ling)?)\\b[^\\n]{0,40}\\b(?:config(?:uration)?|settings|properties)\\b|\\b[Mm]issing (?:required|mandatory) (?:config(?:uration)?|settings?|propert(?:y|ies)|options?)(?: keys?| values?| parameters?)?:? ["'\`]?[a-z]\\w*(?:[._-]\\w+)+|\\b(?:invalid|malformed|bad|broken) (?:config(?:uration)?|settings?)\\b|\\bconfig(?:uration)?\\b[^\\n]{0,60}\\b(?:is invalid|is not valid|cannot be parsed|${badConfig} error)|\\b(?:Invalid)?Config(?:uration)?(?:Error|Exception)\\b|${configFile}["']?[^\\n]{0,60}\\b${badConfig}|\\b${badConfig}\\b[^\\n]{0,80}${configFile}|\\bconfig[^]{0,160}(?:in JSON at position|is not valid JSON|invalid character|JSONDecodeError|cannot unmarshal|strconv\\.Parse)|(?:cannot unmarshal|invalid character|JSONDecodeError|JsonParseException|in JSON at position)[^\\n]{0,80}\\bconfig`,
      'm',
    ),
  ],
  [
    'upstream',
    /\bupstream (?:timed out|prematurely closed|connect error|request timeout)|no live upstreams|while connecting to upstream|\b(?:502 Bad Gateway|503 Service Unavailable|504 Gateway Time-?out)\b/i,
  ],
];

/** A file that is not there is not one that cannot be read, and one that was fetched is none of ours. */
const noFile =
  /no such file or directory|\bENOENT\b|FileNotFound|cannot find the file|\b(?:is|not) a directory\b|\bEISDIR\b|https?:\/\/\S+\.(?:json|ya?ml|xml)\b/i;

/** The API server has no such object, such as a Job that would have migrated something. */
const noObject = /\bError from server \(NotFound\)|\b[a-z]+\.(?:batch|apps) "[^"]+" not found/;

/** A failed connection says so before what failed because of it, unless it only took too long. */
const certainFailures: ReadonlySet<string> = new Set(['refused', 'unreachable', 'unknown-host']);
const maximumText = 4000;
const beforeConnection = signatures.findIndex(([id]) => id === 'certificate-expired');

const ofOthers: ReadonlySet<SignatureId> = new Set(['connection', 'dns', 'upstream']);

/** Whether a fault is of something else that a program calls: it is not reached, or fails altogether. */
export const isFaultOfOthers = (id: SignatureId | undefined): boolean => id !== undefined && ofOthers.has(id);

/** The known fault that a text tells; `undefined` when it tells none. */
export function signatureOf(whole: string): SignatureId | undefined {
  const text = whole.slice(0, maximumText);
  const failure = connectionFailureIn(text);
  const first = matching(signatures.slice(0, beforeConnection), text);
  if (first !== undefined) return first;
  if (failure !== undefined && certainFailures.has(failure)) return failure === 'unknown-host' ? 'dns' : 'connection';
  return matching(signatures.slice(beforeConnection), text) ?? (failure === undefined ? undefined : 'connection');
}

/** Who judges the settings that it was given was refused by nobody. */
const ownSettings = /\binherited from the (?:shell )?environment\b|\b(?:length|characters) (?:should|must) be\b/i;

const matching = (some: readonly Signature[], text: string): SignatureId | undefined =>
  some.find(
    ([id, pattern, beside]) =>
      matches(text, pattern, beside) &&
      !(id === 'config-parse' && noFile.test(text)) &&
      !(id === 'bad-credentials' && ownSettings.test(text)) &&
      !(id === 'migration-failed' && noObject.test(text)),
  )?.[0];

const matches = (text: string, pattern: RegExp, beside: RegExp | undefined): boolean =>
  pattern.test(text) &&
  (beside === undefined || text.split('\n').some((line) => pattern.test(line) && beside.test(line)));

/** JSON and logfmt quote what they quote: only taken apart it reads as it was said. */
const structured = /^\{|(?:^|\s)(?:level|lvl|severity)=/;

/** What an entry says, without the frames of its trace: their names of classes and files say nothing of the fault. */
export const wordsOf = ({ lines, message }: Pick<LogEntry, 'lines' | 'message'>): string =>
  [
    structured.test(lines[0] ?? '') || dotnetHead.test(lines[0] ?? '') ? message : (lines[0] ?? ''),
    ...lines.slice(1).filter((line) => /^\S/.test(line) || /^\s*(?:Caused by: |---> |\[cause\]: |code: )/.test(line)),
  ]
    .filter((line) => !/^(?:goroutine |created by |[\w./*()]+\(.*\)$|from )/.test(line))
    .join('\n');
