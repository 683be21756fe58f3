import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtImage, inContainer } from './image/image.ts';

const megabyte = 1e6;
const program = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
const locked = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  readonly packages: Readonly<Record<string, { readonly version: string } | undefined>>;
};
let image: Awaited<ReturnType<typeof builtImage>>;
let files: readonly string[];

beforeAll(async () => {
  image = await builtImage();
  files = readdirSync(image.root, { recursive: true, encoding: 'utf8' });
});
afterAll(() => rm(image.root, { recursive: true }));

const stat = (file: string) => lstatSync(join(image.root, file));
const text = (file: string): string => readFileSync(join(image.root, file), 'utf8');
const ours = () => files.filter((file) => file.startsWith('app/'));

describe('the image', () => {
  it('has at most 150 MB, as it is pulled and as it lies on a node', () => {
    const pulled = image.manifest.layers.reduce((sum, { size }) => sum + size, 0);
    const unpacked = files.reduce((sum, file) => sum + (stat(file).isFile() ? stat(file).size : 0), 0);
    console.log(`image: ${(pulled / megabyte).toFixed(1)} MB pulled, ${(unpacked / megabyte).toFixed(1)} MB unpacked`);

    expect(pulled).toBeLessThan(150 * megabyte);
    expect(unpacked).toBeLessThan(150 * megabyte);
  });

  it('says what it is, and where it comes from', async () => {
    const { Labels: labels } = image.config.config;
    const { version, commit, build_date } = JSON.parse((await inContainer('version', '-o', 'json')).stdout);

    expect(labels).toMatchObject({
      'org.opencontainers.image.version': program.version,
      'org.opencontainers.image.revision': expect.stringMatching(/^[0-9a-f]{40}(-dirty)?$/),
      'org.opencontainers.image.source': expect.stringMatching(/^https:/),
      'org.opencontainers.image.licenses': 'Apache-2.0',
    });
    expect([version, commit, build_date]).toEqual(
      ['version', 'revision', 'created'].map((name) => labels[`org.opencontainers.image.${name}`]),
    );
  });

  it('runs as nobody in particular, on two ports', () => {
    expect(image.config.config).toMatchObject({
      User: '65532:65532',
      ExposedPorts: { '8080/tcp': {}, '9090/tcp': {} },
    });
  });

  it('has no shell, no package manager, and nothing that makes root of somebody', () => {
    const tools = /^(sh|bash|dash|busybox|npm|npx|corepack|apt|apt-get|dpkg|perl|curl)$/;
    const setId = 0o6000;

    expect(files.filter((file) => tools.test(basename(file)) && !stat(file).isDirectory())).toEqual([]);
    expect(files.filter((file) => !stat(file).isSymbolicLink() && (stat(file).mode & setId) !== 0)).toEqual([]);
  });

  it('holds the program, its demo and its papers, which only root could change', () => {
    const writable = 0o022;

    expect(new Set(readdirSync(join(image.root, 'app')))).toEqual(
      new Set(['LICENSE', 'THIRD-PARTY-LICENSES.txt', 'cache', 'demo', 'dist', 'sbom.cdx.json']),
    );
    expect(ours().filter((file) => stat(file).uid !== 0 || (stat(file).mode & writable) !== 0)).toEqual([]);
  });

  it('holds nothing of the machine that built it', () => {
    const { Env: variables } = image.config.config;
    const kept = /(^|\/)(\.env|\.npmrc|\.git|\.kube|node_modules|[^/]+\.(pem|key|map|ts))$/;

    expect(new Set(variables.map((each) => each.split('=')[0]))).toEqual(
      new Set(['PATH', 'SSL_CERT_FILE', 'XDG_CACHE_HOME']),
    );
    expect(ours().filter((file) => kept.test(file))).toEqual([]);
    expect(ours().filter((file) => stat(file).isFile() && text(file).includes(process.cwd()))).toEqual([]);
  });
});

describe('the papers in the image', () => {
  interface Component {
    readonly group?: string;
    readonly name: string;
    readonly version: string;
    readonly licenses: readonly object[];
  }
  let components: readonly (Component & { readonly package: string })[];

  beforeAll(() => {
    const listed = (JSON.parse(text('app/sbom.cdx.json')) as { readonly components: readonly Component[] }).components;
    components = listed.map((each) => ({ ...each, package: [each.group, each.name].filter(Boolean).join('/') }));
  });

  it('list what is in the bundle, in the versions of the lock file, and no tool that made it', () => {
    const packages = components.map((each) => each.package);

    expect(packages).toEqual(
      expect.arrayContaining(['@kubernetes/client-node', 'hono', 'zod', 'jose', 'undici', 'preact', 'swagger-ui-dist']),
    );
    expect(packages.filter((name) => ['esbuild', 'vitest', 'typescript', 'autocannon'].includes(name))).toEqual([]);
    expect(components.map(({ version }) => version)).toEqual(
      packages.map((name) => locked.packages[`node_modules/${name}`]?.version),
    );
  });

  it('have a licence for each of them, and for Node', () => {
    const texts = text('app/THIRD-PARTY-LICENSES.txt');

    expect(components.filter(({ licenses }) => licenses.length === 0)).toEqual([]);
    expect(components.filter((each) => !texts.includes(`${each.package}@${each.version}\n`))).toEqual([]);
    expect(text('nodejs/LICENSE')).toContain('Node.js');
  });
});

describe('a container without rights, on a root file system that cannot be written', () => {
  it('diagnoses the demo', async () => {
    const { status, stdout, stderr } = await inContainer('diagnose', '-A', '--demo');

    expect(stdout).toContain('✖');
    expect(stderr).toBe('');
    expect(status).toBe(1);
  });

  it('says what is wrong with its settings', async () => {
    const { status, stderr } = await inContainer('serve', '--http', '--host', '0.0.0.0');

    expect(stderr).toContain('--oidc-issuers');
    expect(status).toBe(2);
  });
});
