/** What a secret looks like, one entry per form. Every pattern is bounded or anchored, so that matching stays linear. */
export interface SecretPattern {
  /** Shown in the marker and counted: a closed set. */
  readonly type: string;
  /**
   * Of each list a match has one, in lower case. To look for them is cheap; to compile all patterns for one word costs as much
   * as reading a namespace. The first list tells most texts that they have no secret.
   */
  readonly needs: readonly (readonly string[])[];
  /** Groups: `lead` is kept, `secret` is replaced. */
  readonly pattern: RegExp;
  /** Whether what matched is a secret after all; without it, always. */
  readonly accept?: (secret: string) => boolean;
}

/** What each of the words below has within it. */
const strong = ['pass', 'pwd', 'psk', 'key', 'secret', 'string'];
const weak = ['secret', 'token', 'credential', 'jwt', 'cookie', 'auth', 'dsn'];
const words = [...new Set([...strong, ...weak])];
const signs = [':', '='];
const blanks = [' ', '\t'];

const strongWords = String.raw`(?:password|passwd|passphrase|(?<=[_.-]|;[ ]?)(?:pass|pwd|psk)|(?:api|access|account|auth|client|encryption|license|master|private|secret|service|shared|signing|storage)[_.-]?key(?:[_.-]?(?:data|base))?|client[_.-]?secret|pgpassword|connection[_.-]?string)`;
const weakWords = String.raw`(?:secret|token|credentials?|jwt|cookie|(?<=[_.-])(?:auth|dsn))`;
/** `PASSWORD2`, `password_value`. */
const ending = String.raw`(?:[_.-]?(?:\d{1,2}|value|b64|base64))?`;
/** Between a name and its value, in JSON, escaped JSON, YAML, env files, Go and Rust structs, HTTP headers. */
const assigns = String.raw`\\{0,3}["'\]]?[ \t]{0,8}(?:=>|:=|[:=])[ \t]{0,8}(?:(?:Some|Just|Optional)[(\[])?`;
/** A value: quoted, quoted within a quoted text, cut off before the closing quote, or bare. */
const value = String.raw`(?:"(?:[^"\\\n]|\\[^\n]){0,4096}"|'[^'\n]{0,4096}'|\\{1,3}"[^"\\\n]{1,4096}|["']?[^\s"'\\,;&(){}[\]<>][^\s"'\\,;&)}]{0,4096}|["']?\[REDACTED:[^\]\n]{0,40}\])`;

/** What stands after a file named `passwd` or `password` that cannot be used: why, and no secret. */
const fileErrors = String.raw`(?!(?:no such file|permission denied|operation not permitted|is a directory|not a directory|too many open files|read-only file system|input/output error|file exists|no space left|file not found|not found|invalid argument)\b)`;

const named = (words: string): RegExp =>
  new RegExp(`(?<lead>${words}${ending}${assigns})${fileErrors}(?<secret>${value})`, 'gi');
/** The first of a list: `X-Api-Key:[…]`, as Go prints headers, and `"x-api-key":["…"]`. */
const listed = new RegExp(
  String.raw`(?<lead>(?:${strongWords}|${weakWords})${ending}\\{0,3}["']?[ \t]{0,8}[:=][ \t]{0,8}\[(?!REDACTED:)[ \t]{0,8}\\{0,3}["']?)(?<secret>[^\s"'\\,\[\]]{1,4096})`,
  'gi',
);
/** In a URL that is part of another one. */
const encodedQuery = new RegExp(
  String.raw`(?<lead>(?:${strongWords}|${weakWords})${ending}%3D)(?<secret>(?:[^\s"'&%]|%(?!26)[0-9A-F]{2}){1,4096})`,
  'gi',
);
const element = new RegExp(
  String.raw`(?<lead><[\w:.-]{0,64}(?:${strongWords}|${weakWords})${ending}(?:[ \t][^<>\n]{0,200})?>)(?<secret>[^<>\s][^<>\n]{0,4096})(?=<\/)`,
  'gi',
);
const pair = new RegExp(
  String.raw`(?<lead>["'][\w.-]{0,64}(?:${strongWords}|${weakWords})${ending}["'],[ \t]{0,8}["'])(?<secret>[^\s"'\\]{8,4096})`,
  'gi',
);
const nameWords = new RegExp(words.join('|'), 'i');
const secretName = new RegExp(`(?:${strongWords}|${weakWords}|authorization)${ending}$`, 'i');
const certainlySecretName = new RegExp(`${strongWords}${ending}$`, 'i');

/** The header, or a field of its name, in JSON, YAML and logs. */
const authorization = (scheme: string): RegExp =>
  new RegExp(
    String.raw`(?<lead>\bauthorization\\{0,3}["']?[ \t]{0,8}[:=][ \t]{0,8}\\{0,3}["']?${scheme})(?<secret>[\w.~+/=-]{4,8192})`,
    'gi',
  );

/** Whether something of this name (an environment variable, a key, an annotation) holds a secret. */
export const looksSecret = remembered((name) => nameWords.test(name) && secretName.test(name));
/** The same, without words that as often name where a secret is (`secret`, `token`). */
const certainlySecret = remembered((name) => nameWords.test(name) && certainlySecretName.test(name));

/** Whether this is the value of a secret, going by what it is called and, where a name says little, by how it looks. */
export const isSecretOf = (name: string, value: string): boolean =>
  certainlySecret(name) || (looksSecret(name) && /^\S+$/.test(value) && isLiteral(value) && looksRandom(value));

const [longestName, maximumNames] = [100, 2_000];

/** The fields of objects have few names, and each is asked about thousands of times. */
function remembered(decide: (name: string) => boolean): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    if (name.length > longestName) return decide(name.slice(-longestName));
    let answer = known.get(name);
    if (answer === undefined) {
      answer = decide(name);
      // Whoever writes objects chooses names: they must not fill the memory.
      if (known.size >= maximumNames) known.clear();
      known.set(name, answer);
    }
    return answer;
  };
}

/** How the keys of vendors begin. */
const vendors =
  `akia asia gho_ ghp_ ghs_ ghu_ ghr_ github_pat_ glpat- xoxa- xoxb- xoxp- xoxr- xoxs- xapp- aiza ya29. sk_live_ sk_test_
  rk_live_ rk_test_ sk- npm_ pypi- dop_v1_ hvb. hvs. sg. dckr_pat_`.split(/\s+/);

export const secretPatterns: readonly SecretPattern[] = [
  {
    type: 'jwt',
    needs: [['eyj']],
    pattern: /(?<lead>(?<![\w-]))(?<secret>eyJ[\w-]{8,8192}\.[\w-]{4,8192}(?:\.[\w-]{0,8192})?)/g,
  },
  {
    type: 'private-key',
    needs: [['ls0tls1crudjti']],
    pattern: /(?<lead>(?<![A-Za-z0-9+/]))(?<secret>LS0tLS1CRUdJTi[A-Za-z0-9+/]{20,16384}={0,2})/g,
    accept: (secret) => Buffer.from(secret.slice(0, 80), 'base64').toString().includes('PRIVATE KEY'),
  },
  {
    type: 'url-password',
    needs: [['@'], ['://']],
    pattern: /(?<lead>\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/"'<>[]{0,256}:)(?<secret>[^\s@/"'<>]{1,256})(?=@)/gi,
    // The name of a variable that was not replaced is no secret, and may be why nothing connects.
    accept: (secret) => !/^\$(?:\([\w.-]+\)|\{[\w.-]+\})$/.test(secret),
  },
  {
    type: 'url-password',
    needs: [['%3a%2f%2f']],
    pattern: /(?<lead>%3A%2F%2F[^\s%]{0,256}%3A)(?<secret>(?:[^\s"'&%]|%(?!40)[0-9A-F]{2}){1,256})(?=%40)/gi,
  },
  {
    // A token in the place of the user: `https://TOKEN@git.example/shop.git`.
    type: 'url-password',
    needs: [['@'], ['://']],
    pattern: /(?<lead>\b[a-z][a-z0-9+.-]{1,20}:\/\/)(?<secret>[\w.~-]{20,256})(?=@)/gi,
    accept: (secret) => mixed(secret) && entropy(secret) >= 3.5,
  },
  {
    // Whoever has the URL may do what it says.
    type: 'signature',
    needs: [
      ['sig=', 'signature='],
      ['?', '&'],
    ],
    pattern: /(?<lead>[?&](?:sig|(?:x-(?:amz|goog)-)?signature)=)(?<secret>[\w.~+/%-]{16,2048}={0,2})/gi,
  },
  {
    type: 'hook',
    needs: [['hooks.slack.com/', '/api/webhooks/', 'api.telegram.org/bot']],
    pattern:
      /(?<lead>\b(?:hooks\.slack\.com\/(?:services|workflows|triggers)\/(?:[A-Z0-9]{1,32}\/){1,3}|discord(?:app)?\.com\/api\/webhooks\/\d{1,32}\/|api\.telegram\.org\/bot\d{1,20}:))(?<secret>[\w-]{8,128})/gi,
  },
  {
    type: 'cloud-key',
    needs: [vendors],
    pattern:
      /(?<lead>(?<![A-Za-z0-9_-]))(?<secret>(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Z])|gh[opsu]_[A-Za-z0-9]{30,255}|ghr_[A-Za-z0-9]{30,255}|github_pat_\w{30,255}|glpat-[\w-]{20,64}|xox[abprs]-[A-Za-z0-9-]{10,250}|xapp-[A-Za-z0-9-]{10,250}|AIza[\w-]{35}|ya29\.[\w-]{20,2048}|[rs]k_(?:live|test)_[A-Za-z0-9]{16,128}|sk-(?:ant-|proj-)?[\w-]{20,250}|npm_[A-Za-z0-9]{36}|pypi-[\w-]{50,250}|dop_v1_[a-f0-9]{64}|hv[bs]\.[\w-]{20,250}|SG\.[\w-]{16,32}\.[\w-]{16,64}|dckr_pat_[\w-]{20,64})/g,
  },
  {
    type: 'bearer',
    needs: [['bearer', 'basic', 'digest', 'negotiate'], blanks],
    pattern: /(?<lead>\b(?:bearer|basic|digest|negotiate)[ \t]{1,4})(?<secret>[\w.~+/-]{8,8192}={0,2})/gi,
    accept: (secret) => /\d|=$/.test(secret) || (/[a-z]/.test(secret) && /[A-Z]/.test(secret.slice(1))),
  },
  {
    type: 'authorization',
    needs: [['authorization'], signs],
    pattern: authorization('(?:basic|bearer|digest|token|negotiate)[ \\t]{1,4}'),
  },
  {
    type: 'authorization',
    needs: [['authorization'], signs],
    pattern: authorization(''),
    // `authorization: server message: insufficient_scope` is what registries say: words are no credential.
    accept: (secret) => !/^(?:[A-Z]?[a-z]{1,24}|[A-Z]{1,16})(?:[_./-]{1,3}[a-z]{1,24}){0,8}\.?$/.test(secret),
  },
  {
    type: 'cookie',
    needs: [['cookie:']],
    pattern: /(?<lead>\b(?:set-)?cookie:[ \t]{0,8})(?<secret>[^\s"'][^\n"']{0,4096})/gi,
    accept: (secret) => secret.includes('='),
  },
  {
    // `~/.docker/config.json`: user and password.
    type: 'registry-auth',
    needs: [['auth'], [':']],
    pattern: /(?<lead>["']auth\\{0,3}["'][ \t]{0,8}:[ \t]{0,8}\\{0,3}["'])(?<secret>[A-Za-z0-9+/]{4,4096}={0,2})/g,
    accept: (secret) => Buffer.from(secret, 'base64').includes(':'),
  },
  {
    type: 'password',
    needs: [words, ['['], signs],
    pattern: listed,
    accept: (secret) => isLiteral(secret) && looksRandom(secret),
  },
  { type: 'password', needs: [words, ['%3d']], pattern: encodedQuery, accept: isLiteral },
  {
    type: 'password',
    needs: [words, ['</']],
    pattern: element,
    accept: (secret) => isLiteral(secret) && !isName(secret),
  },
  {
    type: 'password',
    needs: [words, [',']],
    pattern: pair,
    accept: (secret) => isLiteral(secret) && looksRandom(secret),
  },
  {
    type: 'password',
    needs: [['curl'], ['-u'], [':']],
    pattern:
      /(?<lead>\bcurl\b[^\n]{0,300}?[ \t](?:-u|--user)[ \t=]{1,4}["']?[^\s:"']{0,128}:)(?<secret>[^\s"']{1,256})/g,
    accept: isLiteral,
  },
  {
    // Only without a blank is it the password to mysql.
    type: 'password',
    needs: [
      ['sshpass', 'mysql', 'mariadb', 'redis-cli', ' login'],
      ['-p', '-a'],
    ],
    pattern:
      /(?<lead>\b(?:sshpass[ \t]{1,4}-p[ \t]{0,4}|(?:mysql|mariadb)[a-z-]{0,12}\b[^\n]{0,300}?[ \t]-p|redis-cli\b[^\n]{0,300}?[ \t]-a[ \t]{1,4}|(?:docker|podman|helm|oc)\b[^\n]{0,100}? login\b[^\n]{0,300}?[ \t]-p[ \t]{1,4})["']?)(?<secret>[^\s"']{1,256})/g,
    accept: isLiteral,
  },
  { type: 'password', needs: [strong, signs], pattern: named(strongWords), accept: isLiteral },
  {
    type: 'secret',
    needs: [weak, signs],
    pattern: named(weakWords),
    accept: (secret) => isLiteral(secret) && looksRandom(unquoted(secret)),
  },
  {
    type: 'password',
    needs: [strong, ['--']],
    pattern: new RegExp(`(?<lead>--[a-z0-9-]{0,60}${strongWords}["']?,?[ \\t]{1,4})(?<secret>${value})`, 'gi'),
    accept: (secret) => isLiteral(secret) && !secret.startsWith('-'),
  },
  {
    // An env entry as JSON, YAML or a Go struct: the name in one field, the value in the next.
    type: 'env',
    needs: [words, ['name', 'key'], ['value'], signs],
    pattern: new RegExp(
      `(?<lead>\\b(?:name|key)\\\\{0,3}["']?[ \\t]{0,8}[:=][ \\t]{0,8}\\\\{0,3}["']?[\\w.-]{0,64}(?:${strongWords}|${weakWords})${ending}\\\\{0,3}["']?,?\\s{0,80}\\\\{0,3}["']?value${assigns})(?<secret>${value})`,
      'gi',
    ),
    accept: isLiteral,
  },
  {
    // What runc says of a value that no variable can hold: the whole of it, whatever its name.
    type: 'env',
    needs: [['environment variable'], ['nul'], ['=']],
    pattern:
      /(?<lead>\benvironment variable [^\n"=]{0,80}\bnull?\b[^\n"=]{0,40}"[^\n"=]{0,256}=)(?<secret>[^\n]{1,8192})/gi,
  },
  {
    // No sign between them, but a keyword beside what no person would type.
    type: 'secret',
    needs: [['secret', 'token', 'key', 'credential', 'password'], blanks],
    pattern:
      /(?<lead>\b(?:secret|token|key|credentials?|password)[ \t]{1,3}(?:(?:is|was|value|to|=)[ \t]{1,3}){0,2}["'`]?)(?<secret>[\w+/=.-]{20,512})/gi,
    accept: (secret) => mixed(secret) && entropy(secret) >= 3.5,
  },
];

/** A value, and not a reference, a type word, a blank to fill in or something that is already a marker. */
function isLiteral(raw: string): boolean {
  const text = unquoted(raw);
  return (
    text !== '' &&
    !/^(?:true|false|null|nil|none|undefined|yes|no|string|object|redacted|required|empty|missing|invalid|not|\*+|x+|\.+)$/i.test(
      text,
    ) &&
    !/^(?:\$\(|\$\{|\{\{|%[sdvq]|\/(?:run|var|etc|mnt|secrets?)\/)/.test(text)
  );
}

const unquoted = (raw: string): string => raw.replace(/^\\{0,3}["']/, '').replace(/["']$/, '');

/** Whether a machine made it: long and mixed, and not the name of an object or a path. */
function looksRandom(text: string): boolean {
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return true;
  if (text.length < 8 || isName(text)) return false;
  return (/\d/.test(text) && /[a-z]/i.test(text)) || (mixed(text) && text.length >= 16) || /[!@#$%^&*+=]/.test(text);
}

/** `db-credentials`, `shop/api-token-x7k2p`, `ca.crt`, `Secret/db`: what Kubernetes names look like. */
const isName = (text: string): boolean =>
  /^[A-Za-z]{0,40}\/?[a-z0-9](?:[a-z0-9]{0,19}[-./:])*[a-z0-9]{0,19}$/.test(text) && /[-./:]|^[a-z]+$/.test(text);

const mixed = (text: string): boolean => /\d/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text);

/** Bits per character (Shannon). */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
