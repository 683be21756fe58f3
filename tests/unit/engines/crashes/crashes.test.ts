import { describe, expect, it } from 'vitest';
import { crashes, usualLifetime } from '../../../../src/engines/crashes/crashes.ts';
import { aContainer, aDeployment, aLog, anObject, aSnapshot, crashed, minutesAgo } from '../../../support/builders.ts';

const replicas = aDeployment('api', {
  replicas: 3,
  pod: { containers: [aContainer('app', crashed({ exitCode: 1, reason: 'Error' }))] },
});
const saying = (...lines: string[]) =>
  crashes(
    aSnapshot({ objects: replicas.all, logs: lines.map((line, index) => aLog(`api-5d8f-${index}`, [line])) }),
  ).map(({ says }) => says);

describe('crashes', () => {
  it('keeps numbers that all replicas say alike', () => {
    expect(saying('ERROR migration 0042 failed', 'ERROR migration 0042 failed')).toEqual(
      Array(3).fill('migration 0042 failed'),
    );
  });

  it('masks numbers in which replicas differ, so that they stay one fault', () => {
    expect(saying('ERROR gave item 17 up', 'ERROR gave item 99 up')).toEqual(Array(3).fill('gave item <n> up'));
  });

  it('takes why something could not be reached from the line before, when the last one leaves it out', () => {
    const failureOf = (...lines: string[]) =>
      crashes(aSnapshot({ objects: replicas.all, logs: [aLog('api-5d8f-0', lines)] }))[0]?.dependency?.failure;

    expect(failureOf("wget: bad address 'ledger.books'", 'error: cannot reach http://ledger.books')).toBe(
      'unknown-host',
    );
    expect(failureOf('error: cannot reach http://ledger.books')).toBe('unreached');
  });

  it('takes the DNS of the cluster for what it depends on, when a name does not resolve', () => {
    const dns = anObject('Service', 'rke2-coredns', {
      metadata: { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
    });
    const resolversOf = (line: string) =>
      crashes(
        aSnapshot({ objects: [...replicas.all, dns], logs: [aLog('api-5d8f-0', [line])] }),
      )[0]?.dependency?.resolvers.map(({ name }) => name);

    expect(resolversOf("wget: bad address 'ledger.books'")).toEqual(['rke2-coredns']);
    expect(resolversOf('dial tcp: lookup ledger on 10.96.0.10:53: read udp: i/o timeout')).toEqual(['rke2-coredns']);
    expect(resolversOf('dial tcp ledger.books:80: connection refused')).toEqual([]);
  });

  it('takes a name that did not resolve for the reason of who then found nobody', () => {
    const db = anObject('Service', 'db', { spec: { clusterIP: 'None' } });
    const hostOf = (...lines: string[]) =>
      crashes(aSnapshot({ objects: [...replicas.all, db], logs: [aLog('api-5d8f-0', lines)] }))[0]?.dependency?.host;
    const lookup = "WARN Seed provider couldn't lookup host db-0.db.shop.svc.cluster.local";

    expect(hostOf(lookup, 'ERROR The seed provider lists no seeds.')).toBe('db-0.db.shop.svc.cluster.local');
    expect(hostOf(lookup, 'ERROR cannot parse the schema of orders')).toBeUndefined();
  });

  it('takes what was called in vain again and again for the reason of who gave up waiting', () => {
    const db = anObject('Service', 'db', { spec: { clusterIP: '10.96.0.7', ports: [{ port: 3306 }] } });
    const hostOf = (...lines: string[]) =>
      crashes(aSnapshot({ objects: [...replicas.all, db], logs: [aLog('api-5d8f-0', lines)] }))[0]?.dependency?.host;
    const ping =
      'E1218 10:39:50.481923 1 mysql.go:62] Ping failed: dial tcp 10.96.0.7:3306: connect: connection refused';
    const given = 'F1218 10:41:30.481923 1 main.go:104] DB open failed: Timeout waiting for DB conn';

    expect(hostOf(ping, ping, ping, given)).toBe('10.96.0.7');
    expect(hostOf(ping, ping, ping, 'F1218 10:41:30.481923 1 main.go:104] no such plan: weekly')).toBeUndefined();
  });

  it('takes the median of all lifetimes, so that replicas tell the same', () => {
    const [first, ...others] = replicas.pods;
    const long = aContainer('app', crashed({ exitCode: 1, startedAt: minutesAgo(50) }));
    const pods = [first && { ...first, status: { ...first.status, containerStatuses: [long.status] } }, ...others];
    const snapshot = aSnapshot({
      objects: [replicas.deployment, replicas.replicaSet, ...(pods as typeof replicas.pods)],
    });

    const lifetimes = crashes(snapshot).map((crash) => usualLifetime(snapshot, crash));

    expect(lifetimes).toEqual([60_000, 60_000, 60_000]);
  });
});
