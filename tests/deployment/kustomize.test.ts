import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { kustomized, type Manifest, only, overlays, rendered, toolsPath } from './tools.ts';

/** What the chart is told to make the same as an overlay. */
const valuesOf: Readonly<Record<string, object>> = {
  dev: { settings: { logLevel: 'DEBUG', logFormat: 'console' }, autoscaling: { minReplicas: 1, maxReplicas: 2 } },
  production: { settings: { logLevel: 'WARNING', rateLimitRequests: 1000 } },
  readonly: { settings: { readOnly: true } },
  heal: { heal: { namespaces: ['default'] }, secret: { name: 'kubemend' } },
  'ha-redis': { redis: { enabled: true }, secret: { name: 'kubemend' }, autoscaling: { minReplicas: 3 } },
};

/** What differs between the two by nature: labels and the checksum of Helm, the generated name of a ConfigMap. */
function comparable(manifests: readonly Manifest[]): readonly unknown[] {
  const text = JSON.stringify(manifests.filter(({ kind }) => kind !== 'Namespace'))
    .replaceAll(/"(?:helm\.sh\/chart|app\.kubernetes\.io\/(?:managed-by|version)|checksum\/settings)":"[^"]*",?/g, '')
    .replaceAll(/,}/g, '}')
    .replaceAll(/"kubemend-[0-9a-z]{10}"/g, '"kubemend"')
    // The policy is YAML inside of YAML, and lists are indented as each writes them.
    .replaceAll(/\\n +- /g, String.raw`\n- `);
  return (JSON.parse(text) as Manifest[]).toSorted((a, b) => keyOf(a).localeCompare(keyOf(b))).map(byName);
}

const keyOf = ({ kind, metadata: { namespace = '', name } }: Manifest): string => `${kind}/${namespace}/${name}`;

/** Volumes and the like are found by their names. */
function byName(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(byName).toSorted((a, b) => nameIn(a).localeCompare(nameIn(b)));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, byName(child)]));
}

const nameIn = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'name' in value ? String(value.name) : '';

describe('the base', () => {
  it('is rendered from the chart as it is', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/render-kustomize.ts', '--check'], {
      env: { ...process.env, PATH: `${toolsPath}:${process.env['PATH'] ?? ''}` },
      encoding: 'utf8',
    });

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('makes the same objects as the chart without values', () => {
    expect(comparable(kustomized('k8s/base'))).toEqual(comparable(rendered({}, ['--skip-tests'])));
  });

  it('makes a namespace that lets in nothing but restricted pods', () => {
    expect(only(kustomized('k8s/base'), 'Namespace').metadata).toMatchObject({
      name: 'kubemend',
      labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
    });
  });
});

describe('an overlay', () => {
  it('is there for each of these uses', () => {
    expect(overlays.toSorted()).toEqual(Object.keys(valuesOf).toSorted());
  });

  it.each(overlays)('makes what the chart makes of the same wishes: %s', (overlay) => {
    const values = valuesOf[overlay] ?? {};

    expect(comparable(kustomized(`k8s/overlays/${overlay}`))).toEqual(comparable(rendered(values, ['--skip-tests'])));
  });

  it('for production says only what matters, and lets callers call more often', () => {
    const settings = kustomized('k8s/overlays/production').find(({ kind }) => kind === 'ConfigMap');

    expect(settings).toMatchObject({ data: { LOG_LEVEL: 'WARNING', RATE_LIMIT_REQUESTS: '1000' } });
  });

  it('that has other settings has other pods', () => {
    const settingsOf = (folder: string) =>
      JSON.stringify(only(kustomized(folder), 'Deployment')).match(/"configMapRef":{"name":"([^"]+)"/)?.[1];

    expect(settingsOf('k8s/base')).toMatch(/^kubemend-\w{10}$/);
    expect(settingsOf('k8s/overlays/production')).not.toBe(settingsOf('k8s/base'));
  });
});

it('all YAML here passes yamllint', () => {
  const files = execFileSync('git', ['ls-files', 'k8s/**.yaml'], { encoding: 'utf8' })
    .split('\n')
    .filter((file) => file !== '' && !file.includes('/templates/'));

  execFileSync('yamllint', ['--strict', '--config-file', 'tests/deployment/yamllint.yaml', ...files]);
  expect(files.length).toBeGreaterThan(20);
});
