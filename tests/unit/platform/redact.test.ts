import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markerOf, redactObject, redactText } from '../../../src/platform/redact.ts';
import { secretPatterns } from '../../../src/platform/secret-patterns.ts';
import { createCanaries } from '../../support/canaries.ts';
import { secretForms, secretLine } from '../../support/secret-lines.ts';

const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl';
const pem = '-----BEGIN RSA PRIVATE KEY-----\nMIIcanary\nAAAA\n-----END RSA PRIVATE KEY-----';

describe('redactText takes out', () => {
  it.each([
    ['a JWT', `token ${jwt}`, 'eyJzdWIi'],
    ['a private key', `key:\n${pem}\nafter`, 'MIIcanary'],
    ['a private key that was cut off', '-----BEGIN PRIVATE KEY-----\nMIIcanary', 'MIIcanary'],
    ['a private key in base64', `client-key: ${Buffer.from(pem).toString('base64')}`, 'LS0tLS1CRUdJTiBSU0Eg'],
    ['a password in a URL', 'dial postgres://shop:canary@db:5432/shop failed', 'canary'],
    ['a password in a URL without a user', 'redis://:canary@cache:6379', 'canary'],
    ['a bearer token', 'Authorization: Bearer canary-0123456789', 'canary'],
    ['basic credentials', 'authorization: Basic Y2FuYXJ5OmNhbmFyeQ==', 'Y2FuYXJ5'],
    ['an opaque authorization header', 'Authorization: canary0', 'canary'],
    ['basic credentials of letters alone', 'authorization: Basic canarycanary', 'canary'],
    ['an opaque authorization field', '{"authorization":"canaryBird"}', 'canary'],
    ['a cookie', 'Set-Cookie: session=canary; HttpOnly', 'canary'],
    ['an AWS key id', 'using AKIAIOSFODNN7EXAMPLE', 'AKIAIOSF'],
    ['a GitHub token', 'ghp_abcdefghijklmnopqrstuvwxyz0123456789', 'abcdefghij'],
    ['a Google key', `AIza${'a'.repeat(35)}`, 'aaaa'],
    ['an env assignment', 'DB_PASSWORD=canary', 'canary'],
    ['an env assignment with a quoted value', 'export DB_PASSWORD="canary with \\"blanks"', 'canary'],
    ['a single-quoted value', "password='canary bird'", 'canary'],
    ['JSON', '{"user":"u","password":"canary","port":1}', 'canary'],
    ['JSON in a string', String.raw`{\"password\":\"canary\",\"port\":1}`, 'canary'],
    ['JSON that was cut off', '{"password":"canary', 'canary'],
    ['YAML', 'database:\n  password: canary\n', 'canary'],
    ['a query parameter', 'GET /x?api_key=canary&page=2', 'canary'],
    ['a flag', 'mysql --password canary --host db', 'canary'],
    [
      'what runc quotes of a value with a NUL byte',
      `runc create failed: environment variable value can't contain null(\\x00): "GREETING=ab\\x00canary\\" x"`,
      'canary',
    ],
    ['an env entry as YAML', '- name: API_TOKEN\n  value: canary\n', 'canary'],
    ['an env entry as JSON', '{"name":"API_TOKEN","value":"canary"}', 'canary'],
    ['an env entry as a Go struct', '{Name:DB_PASSWORD Value:canary ValueFrom:nil}', 'canary'],
    ['a random token', 'token=9f8e7d6c5b4a3928', '9f8e7d6c'],
    ['a UUID as token', 'token: 550e8400-e29b-41d4-a716-446655440000', '550e8400'],
    ['a random string beside a keyword', 'secret key is wJalrXUtnFEMIK7MDENGbPxRfiCYEX1', 'wJalr'],
  ])('%s', (_form, text, canary) => {
    const redacted = redactText(text);

    expect(redacted).not.toContain(canary);
    expect(redacted).toContain('[REDACTED:');
  });
});

describe('redactText, in the form of a log line,', () => {
  const canaries = createCanaries('lines');

  it.each(secretForms.map((form) => [form] as const))('takes out what stands in: %s', (form) => {
    const line = secretLine(form, canaries.at(form));
    const redacted = redactText(line);

    expect(canaries.leaksIn(line)).toEqual([form]);
    expect(canaries.leaksIn(redacted)).toEqual([]);
    expect(redactText(redacted)).toBe(redacted);
  });
});

describe('redactText leaves', () => {
  it.each([
    ['why the file of users cannot be read', "sh: can't open /etc/passwd: Too many open files"],
    ['why a file of a password cannot be read', 'open /run/secrets/db/password: permission denied'],
    ['why a file of a key cannot be read', 'read /creds/api-key: no such file or directory'],
    ['the missing key of a Secret', "couldn't find key DATABASE_PASSWORD in Secret shop/db-secret"],
    ['the name of a Secret', 'MountVolume.SetUp failed for volume "tls" : secret "shop-tls-x7k2p" not found'],
    ['a Secret named in YAML', 'secretName: db-credentials\nsecret: db-credentials-7f9c8'],
    ['the place of a password', 'PASSWORD_FILE=/run/secrets/password and password=/run/secrets/db'],
    ['a reference to another variable', 'DB_PASSWORD=$(OTHER) and password: ${OTHER}'],
    ['prose about tokens', 'token: expired; node requested token bound to a pod scheduled on a different node'],
    [
      'what registries say about authorization',
      'does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    ],
    ['prose about authorization', 'authorization: docker.io/shop/api was denied. Authorization: required'],
    ['prose about basic things', 'basic authentication is off, bearer authentication is on'],
    ['images', 'Failed to pull image "registry:5000/shop/api@sha256:0123456789abcdef0123456789abcdef"'],
    ['a URL with a port', 'GET http://api:8080/token failed'],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'],
    ['a certificate in base64', `ca: ${Buffer.from('-----BEGIN CERTIFICATE-----\nMIIBMIIBMIIB').toString('base64')}`],
    ['a missing password', 'password: null, passphrase=""'],
    ['the working directory', 'PWD=/app OLDPWD=/'],
    ['plain text', 'Back-off restarting failed container'],
    ['lists of keys', 'required: ["password","username","db-token"], keys=[password, user]'],
    ['user and group of a process', 'docker run --user 1000:1000 app; runuser -u app:app; curl -u "" http://a'],
    ['a user in a URL', 'ssh://deployment-robot-of-the-shop@git.example/shop.git'],
    ['a flag without a value', 'mysql -h db -uroot -p shop; redis-cli -h cache -p 6379; login -p'],
    ['what a page of a login says', '<password>required</password> <token/>'],
    ['a key of a Secret in a list', 'secret: ["db-credentials"], token: [expired, revoked]'],
    ['a signature that is too short', 'GET /x?sig=none&signature=v4'],
  ])('%s', (_form, text) => {
    expect(redactText(text)).toBe(text);
  });
});

describe('redactText', () => {
  it('keeps user, host and the rest of the line', () => {
    expect(redactText('dial postgres://shop:canary@db:5432/shop: refused')).toMatch(
      /^dial postgres:\/\/shop:\[REDACTED:url-password#[0-9a-f]{6}\]@db:5432\/shop: refused$/,
    );
  });

  it('keeps the name of a variable that nobody replaced', () => {
    const text = 'dial postgres://shop:$(DB_PASSWORD)@db, redis://u:${PASS}@cache';

    expect(redactText(text)).toBe(text);
    expect(redactText('postgres://shop:$(canary@db')).toContain('[REDACTED');
  });

  it('shows that two secrets are equal', () => {
    const [first, second, other] = ['password=a', 'passwd="a"', 'password=b'].map(
      (text) => redactText(text).match(/#\w+/)?.[0],
    );

    expect(first).toBe(second);
    expect(first).not.toBe(other);
  });

  it('keeps the number of lines', () => {
    expect(redactText(`a\n${pem}\nb`).split('\n')).toHaveLength(6);
  });

  it('tells what it took out', () => {
    const types: string[] = [];

    redactText(`password=a ${pem}`, (type) => types.push(type));

    expect(types).toEqual(['private-key', 'password']);
  });

  it('is idempotent and never throws', () => {
    const piece = fc.constantFrom(
      'password',
      '=',
      ': ',
      '"',
      "'",
      '\\',
      'Bearer ',
      jwt,
      pem,
      '[REDACTED:',
      ']',
      '\n',
      'x1',
      '://',
      '@',
      'name: TOKEN\nvalue: ',
      '--token ',
      '-----BEGIN PRIVATE KEY-----',
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(fc.oneof(piece, fc.string({ maxLength: 6 }))).map((parts) => parts.join('')),
    );

    fc.assert(
      fc.property(texts, (text) => {
        const once = redactText(text);
        expect(redactText(once)).toBe(once);
      }),
      { numRuns: 3000 },
    );
  });

  it.each(secretPatterns.map((each, index) => [index, each] as const))(
    'says of pattern %i no more than what each of its matches has',
    (_index, { pattern, needs }) => {
      // What has to follow is made too; what must not stand there is left to chance.
      const alone = pattern.source
        .replaceAll('(?=', '(?:')
        .replaceAll(/\\b|\(\?<?[=!](?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)/g, '')
        .replace('(?<lead>)', '');
      const shouted = pattern.ignoreCase ? fc.boolean() : fc.constant(false);
      const matches = fc
        .tuple(fc.stringMatching(new RegExp(alone), { maxLength: 200 }), shouted)
        .map(([text, loud]) => (loud ? text.toUpperCase() : text))
        .filter((text) => text.search(pattern) >= 0);

      fc.assert(
        fc.property(matches, (text) => {
          for (const some of needs) expect(some.filter((word) => text.toLowerCase().includes(word))).not.toEqual([]);
        }),
        { numRuns: 200 },
      );
    },
  );

  it.each(
    [
      'a',
      'eyJ',
      'password',
      'password="',
      "password='",
      'password=\\"',
      '://',
      'a://b:',
      'Bearer ',
      '-----BEGIN PRIVATE KEY-----',
      'name: token value',
      '--',
      'secret key ',
      'token ',
      ' ',
      'a.',
      'LS0tLS1CRUdJTi',
      'sk-',
      'curl -u ',
      'mysql ',
      'redis-cli -a',
      'docker login ',
      '<password>',
      'password: [',
      '"token","',
      '%3A%2F%2F',
      'token%3D',
      '?sig=',
    ].map((unit) => [unit] as const),
  )('stays linear on 200 KB of %j', (unit) => {
    // Quadratic matching would exceed the test runner's own time limit.
    const hostile = unit.repeat(Math.ceil(200_000 / unit.length));

    expect(redactText(hostile).length).toBeGreaterThan(0);
  });
});

describe('redactObject', () => {
  it('hides the values of Secrets and keeps their keys', () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'helm.sh/release.v1',
      metadata: { name: 'db', namespace: 'shop' },
      data: { password: 'Y2FuYXJ5', 'tls.crt': 'Y2FuYXJ5', empty: '' },
      stringData: { user: 'canary' },
    };

    const redacted = redactObject(secret);

    expect(JSON.stringify(redacted)).not.toMatch(/canary|Y2FuYXJ5/);
    expect(Object.keys(redacted.data)).toEqual(['password', 'tls.crt', 'empty']);
    expect(redacted.data.password).toBe(redacted.data['tls.crt']);
    expect(redacted.data.empty).toBe('');
    expect(redacted.metadata).toEqual(secret.metadata);
  });

  it('hides env literals, arguments, annotations and ConfigMap values, and keeps names', () => {
    const pod = {
      kind: 'Pod',
      metadata: {
        name: 'password',
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration': 'canary',
          'x/api-key': 'canary',
          note: 'password=canary',
        },
      },
      spec: {
        containers: [
          {
            name: 'token',
            image: 'shop/token:1',
            args: ['--password', 'canary', '--db-password=canary', '--verbose', '-x', 'plain'],
            env: [
              { name: 'JWT_SECRET', value: 'canary' },
              { name: 'DB_PASSWORD', value: '$(OTHER)' },
              { name: 'API_TOKEN', valueFrom: { secretKeyRef: { name: 'api', key: 'token' } } },
              { name: 'MODE', value: 'plain' },
            ],
          },
        ],
      },
    };

    const redacted = redactObject(pod);

    expect(JSON.stringify(redacted)).not.toContain('canary');
    expect(redacted.spec.containers[0]).toMatchObject({
      name: 'token',
      image: 'shop/token:1',
      env: [{}, { value: '$(OTHER)' }, pod.spec.containers[0]?.env[2], { name: 'MODE', value: 'plain' }],
    });
    expect(redacted.spec.containers[0]?.args.slice(3)).toEqual(['--verbose', '-x', 'plain']);
  });

  it('hides headers of probes and lists of keys and values', () => {
    const header = { name: 'Authorization', value: 'canary' };
    const setting = { key: 'DB_PASSWORD', value: 'canary' };
    const redacted = redactObject({ kind: 'Widget', spec: { httpHeaders: [header], settings: [setting] } });

    expect(JSON.stringify(redacted)).not.toContain('canary');
    expect(redacted.spec).toMatchObject({
      httpHeaders: [{ name: 'Authorization' }],
      settings: [{ key: 'DB_PASSWORD' }],
    });
  });

  it('hides what a weak word names when no person would have written it', () => {
    const random = '9f8e7d6c5b4a39281';
    const args = ['--token', random, '--secret', 'db-credentials'];
    const redacted = redactObject({ kind: 'Widget', spec: { token: random, secret: 'db-credentials', args } });

    expect(JSON.stringify(redacted)).not.toContain(random);
    expect(redacted.spec.secret).toBe('db-credentials');
    expect(redacted.spec.args.slice(2)).toEqual(['--secret', 'db-credentials']);
  });

  it('hides what looks secret in a ConfigMap', () => {
    const configMap = {
      kind: 'ConfigMap',
      data: {
        'api.password': 'canary',
        'app.yaml': 'db:\n  password: canary\n  host: db\n',
        '.dockerconfigjson': '{"auths":"canary"}',
      },
      binaryData: { blob: 'Y2FuYXJ5' },
    };

    const redacted = redactObject(configMap);

    expect(JSON.stringify(redacted)).not.toMatch(/canary|Y2FuYXJ5/);
    expect(redacted.data['app.yaml']).toMatch(/host: db/);
  });

  it('hides a Helm release in a ConfigMap, and leaves labels and selectors', () => {
    const configMap = {
      kind: 'ConfigMap',
      metadata: { labels: { owner: 'helm', token: 'password=a1' } },
      data: { release: 'H4sIcanary' },
    };

    const redacted = redactObject(configMap);

    expect(redacted.data.release).toMatch(/^\[REDACTED:secret/);
    expect(redacted.metadata).toEqual(configMap.metadata);
  });

  it('changes nothing the second time', () => {
    const once = redactObject({
      kind: 'Secret',
      data: { a: 'b' },
      env: [{ name: 'TOKEN', value: 'c' }],
      password: 'd',
    });

    expect(redactObject(once)).toEqual(once);
  });

  it('survives hostile keys', () => {
    const hostile = JSON.parse('{"kind":"ConfigMap","data":{"__proto__":"password=canary"}}') as { kind: string };

    expect(JSON.stringify(redactObject(hostile))).toMatch(/__proto__.*REDACTED/);
  });

  it('makes a marker that names its type', () => {
    expect(markerOf('env', 'x')).toMatch(/^\[REDACTED:env#[0-9a-f]{6}\]$/);
  });
});
