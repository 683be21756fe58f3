import { describe, expect, it } from 'vitest';
import { register } from '../../../src/cli/doctor.ts';
import type { ClusterInfo, Reader } from '../../../src/kubernetes/ports.ts';
import { AppError } from '../../../src/platform/errors.ts';
import { anObject } from '../../support/builders.ts';
import { runCommand } from '../../support/command.ts';
import { aReader, someClusters } from '../../support/fake-reader.ts';
import { aType } from '../../support/resource-types.ts';

const prod: ClusterInfo = {
  name: 'prod',
  default: true,
  reachable: true,
  version: 'v1.36.3',
  server: 'https://prod:6443',
};
const staging: ClusterInfo = { name: 'staging', default: false, reachable: false, problem: 'connection refused' };

const metrics: Reader['list'] = async () => ({ type: aType('NodeMetrics'), columns: [], rows: [] });
const everything: Reader['can'] = async (permissions) =>
  permissions.map((permission) => ({ permission, allowed: true }));
const namespace: Reader['get'] = async ({ name }) => anObject('Namespace', name);
const withReader = (answers: Partial<Reader> = {}, infos: readonly ClusterInfo[] = [prod]) =>
  someClusters({
    list: async () => infos,
    reader: async () => aReader({ list: metrics, can: everything, get: namespace, ...answers }),
  });

describe('kubemend doctor', () => {
  it('is content when everything works', async () => {
    const { status, out } = await runCommand(register, ['doctor'], { clusters: withReader() });

    expect(status).toBe(0);
    expect(out.replace(/all \d+/, 'all N')).toMatchInlineSnapshot(`
      "  ✔ kubeconfig    1 context; looking at prod
        ✔ API server    https://prod:6443 answers
        ✔ version       v1.36.3
        ✔ permissions   all N that reading needs
        ✔ metrics API   answers

      Next: kubemend diagnose -n default
      "
    `);
  });

  it('says what it costs that the Redis of replicas does not answer, without its password', async () => {
    const environment = { REDIS_URL: 'redis://:hunter2@127.0.0.1:1' };
    const { status, out } = await runCommand(register, ['doctor'], { clusters: withReader(), environment });

    expect(status).toBe(0);
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      '! Redis does not answer (ECONNREFUSED). – No plan can be approved until it answers.',
    );
    expect(out).not.toContain('hunter2');
  });

  it('says what each gap costs', async () => {
    const denied = new Set(['list configmaps', 'get configmaps', 'get pods/log', 'list policy/poddisruptionbudgets']);
    const onlyInside = new Set(['list pods', 'get pods']);
    const can: Reader['can'] = async (permissions, namespace) =>
      permissions.map((permission) => ({
        permission,
        allowed: !denied.has(permission) && (namespace === 'shop' || !onlyInside.has(permission)),
      }));
    const list: Reader['list'] = () => Promise.reject(new AppError('not_found', 'no such kind'));
    const clusters = withReader({ can, list }, [{ ...prod, version: 'v1.28.0' }, staging]);

    const { status, out } = await runCommand(register, ['doctor', '-n', 'shop'], { clusters });

    expect(status).toBe(1);
    expect(out.replace(/of \d+/, 'of N')).toMatchInlineSnapshot(`
      "  ✔ kubeconfig    2 contexts; looking at prod
        ✔ API server    https://prod:6443 answers
        ! version       v1.28.0 is older than 1.30 – Works as far as it goes; nobody has tried.
        ! permissions   2 of N hold in namespace shop and not in the whole cluster – Diagnose one namespace at a time (-n).
        ✖ permissions   may not get pods/log – Crashes are explained without the log.
        ✖ permissions   may not get, list configmaps – Missing keys and changed configuration are not found.
        ! permissions   may not list policy/poddisruptionbudgets – The rarer causes that lie there are not found.
        ! metrics API   not installed – Usage cannot be compared with requests and limits.
        ! other context staging: connection refused – Only this cluster cannot be read.

      Mend what is marked ✖, then run this again.
      "
    `);
  });

  it('explains that the cluster cannot be reached', async () => {
    const clusters = someClusters({ list: async () => [{ ...staging, default: true }] });

    const { status, out } = await runCommand(register, ['doctor'], { clusters });

    expect(status).toBe(1);
    expect(out).toContain('✖ API server    connection refused – Nothing in staging can be read.');
  });

  it('explains that there is no kubeconfig', async () => {
    const missing = new AppError('unavailable', 'There is no kubeconfig.', { hint: 'Set KUBECONFIG.' });
    const clusters = someClusters({ list: () => Promise.reject(missing) });

    const { status, out } = await runCommand(register, ['doctor'], { clusters });

    expect(status).toBe(1);
    expect(out).toContain('✖ kubeconfig    There is no kubeconfig. – Set KUBECONFIG.');
  });

  it.each([
    ['no context', [], 'no context'],
    ['another context', [staging], 'Name one with --context: staging.'],
  ])('explains that there is %s', async (_, infos, expected) => {
    const clusters = someClusters({ list: async () => infos });

    const { status, out } = await runCommand(register, ['doctor', '--context', 'prod'], { clusters });

    expect(status).toBe(1);
    expect(out).toContain(expected);
  });

  it('says that the namespace does not exist, and which was meant', async () => {
    const missing = new AppError('not_found', 'Namespace/shpo does not exist.', { hint: 'Did you mean shop?' });
    const clusters = withReader({ get: () => Promise.reject(missing) });

    const { status, out } = await runCommand(register, ['doctor', '-n', 'shpo'], { clusters });

    expect(status).toBe(1);
    expect(out).toContain('✖ namespace     Namespace/shpo does not exist. – Did you mean shop?');
  });

  it('does not need to read namespaces', async () => {
    const denied = new AppError('permission_denied', 'namespaces "shop" is forbidden');
    const clusters = withReader({ get: () => Promise.reject(denied) });

    const { status, out } = await runCommand(register, ['doctor', '-n', 'shop'], { clusters });

    expect(status).toBe(0);
    expect(out).not.toContain('forbidden');
  });

  it('asks nobody about an archive', async () => {
    const clusters = withReader({ can: undefined as never, get: undefined as never }, [
      { ...prod, server: undefined, version: undefined },
    ]);

    const { status, out } = await runCommand(register, ['doctor'], { clusters });

    expect(status).toBe(0);
    expect(out).toContain('an archive needs none');
    expect(out).toContain('unknown (none)');
  });

  it('reports failures between', async () => {
    const broken = new AppError('timeout', 'The API server did not answer.');
    const clusters = withReader({ can: () => Promise.reject(broken), list: () => Promise.reject(broken) });

    const { out } = await runCommand(register, ['doctor'], { clusters });

    expect(out).toContain('✖ permissions   The API server did not answer.');
    expect(out).toContain('! metrics API   The API server did not answer.');
  });

  it('reports credentials that cannot be had', async () => {
    const refused = new AppError('unavailable', 'The credential plugin failed.');
    const clusters = someClusters({ list: async () => [prod], reader: () => Promise.reject(refused) });

    const { status, out } = await runCommand(register, ['doctor'], { clusters });

    expect(status).toBe(1);
    expect(out).toContain('✖ credentials   The credential plugin failed.');
  });

  it('does not hide a fault of its own', async () => {
    const clusters = someClusters({ list: () => Promise.reject(new Error('bug')) });

    await expect(runCommand(register, ['doctor'], { clusters })).rejects.toThrow('bug');
  });

  it('gives programs the checks', async () => {
    const { out } = await runCommand(register, ['doctor', '-o', 'json'], { clusters: withReader() });

    expect(JSON.parse(out)).toMatchObject({
      healthy: true,
      checks: [{ name: 'kubeconfig', state: 'ok' }, {}, {}, {}, {}],
    });
  });

  it('prints nothing that steers a terminal', async () => {
    const clusters = someClusters({
      list: async () => [{ ...staging, default: true, problem: 'evil \u001b[2J\u001b]0;x\u0007' }],
    });

    const { out } = await runCommand(register, ['doctor'], { clusters });

    expect(out).not.toContain('\u001b');
  });

  it('ends quietly with 130 when it is interrupted', async () => {
    const ran = await runCommand(register, ['doctor'], { clusters: withReader(), signal: AbortSignal.abort() });

    expect(ran).toEqual({ status: 130, out: '', err: '' });
  });

  it('ends quietly when it is interrupted while it waits', async () => {
    const stop = new AbortController();
    const clusters = someClusters({
      list: async () => {
        stop.abort();
        throw stop.signal.reason;
      },
    });

    const ran = await runCommand(register, ['doctor'], { clusters, signal: stop.signal });

    expect(ran).toEqual({ status: 130, out: '', err: '' });
  });
});
