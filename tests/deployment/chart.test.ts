import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { chartSettings } from '../../scripts/chart-values.ts';
import { loadSettings } from '../../src/platform/load-settings.ts';
import { chart, helm, type Manifest, namesOf, only, rendered, template, valuesFiles } from './tools.ts';

const settingsIn = (manifests: readonly Manifest[]) =>
  only(manifests, 'ConfigMap', only(manifests, 'Deployment').metadata.name)['data'] as Record<string, string>;

describe('the chart', () => {
  it('has the version of the program', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

    expect(parse(readFileSync(`${chart}/Chart.yaml`, 'utf8'))).toMatchObject({ version, appVersion: version });
  });

  it.each(valuesFiles)('passes helm lint --strict with %s', (file) => {
    const { status, stdout } = helm(['lint', '--strict', chart, '--values', `${chart}/ci/${file}`]);

    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('0 chart(s) failed') });
  });

  it.each(valuesFiles)('sets what the program takes, with %s', (file) => {
    const environment = settingsIn(rendered(file));
    const secrets = { KUBEMEND_SIGNING_KEY: 'k'.repeat(32), REDIS_URL: 'redis://redis.mend:6379' };

    const settings = loadSettings({ flags: {}, environment: { ...secrets, ...environment }, dotenv: {} });

    expect(settings).toMatchObject({ http: true, host: '0.0.0.0', port: 8080 });
  });

  it.each(valuesFiles)('is YAML as people write it, with %s', (file) => {
    const { status, stdout } = template(file);

    expect(status).toBe(0);
    execFileSync('yamllint', ['--strict', '--config-file', 'tests/deployment/yamllint.yaml', '-'], { input: stdout });
  });

  it('says in values.yaml what every value is by default', () => {
    const { settings, ...values } = parse(readFileSync(`${chart}/values.yaml`, 'utf8')) as { settings: object };

    const optional = Object.entries(chartSettings.shape).filter(([, schema]) => schema.safeParse(undefined).success);
    expect(Object.keys(settings)).toEqual(
      Object.keys(chartSettings.shape).filter((key) => !optional.some(([name]) => name === key)),
    );
    expect(Object.keys(values)).not.toHaveLength(0);
  });

  it('refuses Kubernetes that is older than 1.30', () => {
    expect(template({}, ['--kube-version', '1.29.9']).stderr).toContain('kubeVersion: >=1.30.0-0');
    expect(template({}, ['--kube-version', '1.30.0']).status).toBe(0);
    expect(template({}, ['--kube-version', '1.31.4-gke.1372000']).status).toBe(0);
  });

  it('packs into an archive that holds what it needs', () => {
    const folder = execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim();

    helm(['package', chart, '--destination', folder]);
    const { version } = parse(readFileSync(`${chart}/Chart.yaml`, 'utf8')) as { version: string };
    const { stdout } = helm(['template', 'kubemend', `${folder}/kubemend-${version}.tgz`]);
    execFileSync('rm', ['-r', folder]);

    expect(stdout).toContain('kind: Deployment');
  });
});

describe('by default', () => {
  it('makes these objects, and none that changes or reads more than a diagnosis needs', () => {
    expect(namesOf(rendered({}, ['--skip-tests']))).toEqual([
      'ClusterRole/kubemend-authentication',
      'ClusterRole/kubemend-logs',
      'ClusterRole/kubemend-read',
      'ClusterRoleBinding/kubemend-authentication',
      'ClusterRoleBinding/kubemend-logs',
      'ClusterRoleBinding/kubemend-read',
      'ConfigMap/kubemend/kubemend',
      'Deployment/kubemend/kubemend',
      'HorizontalPodAutoscaler/kubemend/kubemend',
      'NetworkPolicy/kubemend/kubemend',
      'PodDisruptionBudget/kubemend/kubemend',
      'Service/kubemend/kubemend',
      'ServiceAccount/kubemend/kubemend',
      'ValidatingAdmissionPolicy/kubemend-kubemend',
      'ValidatingAdmissionPolicyBinding/kubemend-kubemend',
    ]);
  });

  it('sets the nine settings of the contract by their own names', () => {
    expect(settingsIn(rendered({}))).toMatchObject({
      LOG_LEVEL: 'INFO',
      LOG_FORMAT: 'json',
      K8S_NAMESPACE: 'default',
      K8S_IN_CLUSTER: 'true',
      METRICS_PORT: '9090',
      METRICS_PATH: '/metrics',
      RATE_LIMIT_ENABLED: 'true',
      RATE_LIMIT_REQUESTS: '100',
      RATE_LIMIT_WINDOW: '60',
    });
  });

  it('has other pods for other settings', () => {
    const checksum = (values: object) =>
      /checksum\/settings: (\w{64})/.exec(JSON.stringify(template(values).stdout))?.[1];

    expect(checksum({})).toBe(checksum({ settings: { logLevel: 'INFO' } }));
    expect(checksum({})).not.toBe(checksum({ settings: { logLevel: 'DEBUG' } }));
  });
});

describe('where something is to be changed', () => {
  it('offers no tool for that where no namespace is listed, nor where it is to change nothing', () => {
    expect(settingsIn(rendered({}))).not.toHaveProperty('KUBEMEND_HEAL');
    expect(settingsIn(rendered('readonly-values.yaml'))).not.toHaveProperty('KUBEMEND_HEAL');
    expect(settingsIn(rendered('heal-values.yaml'))).toMatchObject({
      KUBEMEND_HEAL: 'true',
      KUBEMEND_STATE_NAMESPACE: 'kubemend',
      KUBEMEND_EXPECTED_SECRETS: 'KUBEMEND_SIGNING_KEY=kubemend-keys',
    });
  });

  it('allows by its policy just those namespaces', () => {
    const { data } = only(rendered('heal-values.yaml'), 'ConfigMap', 'kubemend-policy') as unknown as {
      data: Record<string, string>;
    };

    expect(parse(data['policy.yaml'] ?? '')).toMatchObject({
      namespaces: { allow: ['shop', 'search'] },
      caps: { per_namespace_hour: 2 },
    });
  });

  it('makes no key where nobody can look whether there is one', () => {
    expect(namesOf(rendered({ heal: { namespaces: ['shop'] } }))).not.toContainEqual(
      expect.stringMatching(/^Secret\//),
    );
  });
});
