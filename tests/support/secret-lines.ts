import type { Canaries } from './canaries.ts';

const encoded = (text: string): string => Buffer.from(text).toString('base64');

/** A token of three parts, of which the last two are secret. */
export const aJwt = (secret: string): string =>
  `${Buffer.from('{"alg":"RS256","typ":"JWT"}').toString('base64url')}.${Buffer.from(`{"sub":"${secret}"}`).toString('base64url')}.${secret}`;

export const aPrivateKey = (secret: string, kind = 'RSA PRIVATE KEY'): string =>
  [`-----BEGIN ${kind}-----`, `MIIEpAIBAAKCAQEA${secret}`, `${secret}${secret}`, `-----END ${kind}-----`].join('\n');

/** How programs write a secret into one line of a log, by the name of the form. */
const shapes: Readonly<Record<string, (secret: string) => string>> = {
  logfmt: (c) => `level=error msg="login failed" user=shop password=${c} attempt=3`,
  'quoted logfmt': (c) => `level=error msg="login failed" password="${c} ${c}"`,
  JSON: (c) => `{"level":"error","msg":"cannot connect","db":{"user":"shop","dbPassword":"${c}"}}`,
  'JSON in JSON': (c) => JSON.stringify({ level: 'error', msg: JSON.stringify({ password: c, port: 1 }) }),
  'JSON twice escaped': (c) => JSON.stringify({ msg: JSON.stringify({ body: JSON.stringify({ api_key: c }) }) }),
  'header in JSON': (c) => `{"level":"info","headers":{"authorization":"Bearer ${c}","x-api-key":"${c}"}}`,
  'headers in Go': (c) => `proxy error: map[Accept:[*/*] Authorization:[Bearer ${c}] X-Api-Key:[${c}]]`,
  'header lists': (c) => `{"headers":{"Authorization":["Basic ${encoded(`shop:${c}`)}"],"X-Auth-Token":["${c}"]}}`,
  'header pairs': (c) => `headers=[["authorization","Bearer ${c}"],["x-api-key","${c}"]]`,
  bearer: (c) => `GET /api 401 Authorization: Bearer ${c}`,
  JWT: (c) => `token rejected: ${aJwt(c)}`,
  'basic-auth URL': (c) => `dial postgres://shop:${c}@db:5432/shop?sslmode=disable: connection refused`,
  'basic-auth URL without a user': (c) => `redis://:${c}@cache:6379/0 NOAUTH`,
  'token as user of a URL': (c) => `fatal: unable to access 'https://${c}@git.example/shop.git/': 403`,
  'encoded URL': (c) => `redirect=${encodeURIComponent(`https://shop:${c}@api.example/x?token=${c}`)}`,
  'query string': (c) => `POST /login?user=shop&password=${c}&access_token=${c}&x=1 400`,
  'form body': (c) => `body="grant_type=client_credentials&client_id=shop&client_secret=${c}"`,
  'signed URL': (c) => `PUT https://files.example/a?sv=2024-11-04&se=2026&sr=b&sig=${c}%3D 403`,
  'AWS signed URL': (c) =>
    `GET https://s3.example/a?X-Amz-Expires=60&X-Amz-Signature=${c}&X-Amz-Security-Token=${c} 403`,
  'connection string': (c) => `Server=db,1433;Database=shop;User Id=sa;Password=${c};Encrypt=True`,
  'short connection string': (c) => `Server=db;Uid=shop;Pwd=${c};`,
  'storage connection string': (c) =>
    `DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=${c}==;EndpointSuffix=core.windows.net`,
  'bus connection string': (c) => `Endpoint=sb://shop.example/;SharedAccessKeyName=root;SharedAccessKey=${c}=`,
  'JDBC URL': (c) => `jdbc:postgresql://db:5432/shop?user=shop&password=${c}&ssl=true`,
  'libpq string': (c) => `cannot connect to "host=db user=shop password='${c}' dbname=shop"`,
  environment: (c) => `PATH=/bin HOME=/ DB_PASSWORD=${c} API_TOKEN=${c} LANG=C`,
  'exported environment': (c) => `+ export AWS_SECRET_ACCESS_KEY=${c} AWS_SESSION_TOKEN=${c}`,
  'YAML line': (c) => `    client_secret: ${c}`,
  'Java properties': (c) => `spring.datasource.password = ${c}`,
  'Ruby hash': (c) => `Parameters: {"session"=>{"email"=>"a@b.c", "password"=>"${c}"}, :api_token=>"${c}"}`,
  'Python dictionary': (c) => `config={'user': 'shop', 'password': '${c}', 'token': '${c}'}`,
  'Go struct': (c) => `config: &{Host:db User:shop Password:${c} Token:${c} Port:5432}`,
  'Rust struct': (c) => `Config { user: "shop", password: Some("${c}"), api_key: "${c}" }`,
  'Java object': (c) => `DataSource[url=jdbc:x, username=shop, password=${c}]`,
  XML: (c) => `<login><user>shop</user><password>${c}</password></login>`,
  flag: (c) => `exec: mysql --user shop --password ${c} --host db`,
  'flag with a sign': (c) => `exec: app --api-key=${c} --auth-token='${c}' --verbose`,
  'user of curl': (c) => `+ curl -sS -u shop:${c} https://api.example/`,
  sshpass: (c) => `+ sshpass -p ${c} ssh host`,
  cookie: (c) => `Set-Cookie: session=${c}; HttpOnly; Secure`,
  'GitHub token': (c) => `clone failed for ghp_${c}${c.slice(0, 4)}`,
  'mysql client': (c) => `exec: mysql -h db -uroot -p${c} shop`,
  'redis client': (c) => `+ redis-cli -h cache -a ${c} ping`,
  'registry login': (c) => `+ docker login registry.example -u shop -p ${c}`,
  'key and value': (c) => `<add key="DbPassword" value="${c}" /> {key: API_TOKEN, value: ${c}}`,
  'Google key': (c) => `maps key AIza${c}abc`,
  'Slack token': (c) => `slack: xoxb-1234-${c}`,
  'Slack hook': (c) => `POST https://hooks.slack.com/services/T0001/B0001/${c} 404`,
  'Stripe key': (c) => `stripe sk_live_${c}`,
  'key in one line': (c) => `{"key":"${aPrivateKey(c).replaceAll('\n', String.raw`\n`)}"}`,
  'key in base64': (c) => `tls.key: ${encoded(aPrivateKey(c))}`,
  'random word beside its name': (c) => `generated root token: ${c}`,
  'prose with a password': (c) => `the password is ${c} and the secret ${c}`,
  'stack trace': (c) =>
    `java.sql.SQLException: Access denied for 'shop'@'10.0.0.1' (url: jdbc:mysql://shop:${c}@db/shop)`,
  'API server struct': (c) =>
    `env: []v1.EnvVar{v1.EnvVar{Name:"DB_PASSWORD", Value:"${c}", ValueFrom:(*v1.EnvVarSource)(nil)}}`,
  'Docker login': (c) =>
    `{"auths":{"registry.example":{"username":"shop","password":"${c}","auth":"${encoded(`shop:${c}`)}"}}}`,
};

/** A line of each form, with the name of the place in it. */
export const secretLines = (canaries: Canaries, where: string): readonly string[] =>
  Object.entries(shapes).map(([form, line]) => line(canaries.at(`${where}: ${form}`)));

/** The names of the forms. */
export const secretForms = Object.keys(shapes);

/** One line of a form. */
export const secretLine = (form: string, secret: string): string => shapes[form]?.(secret) ?? '';
