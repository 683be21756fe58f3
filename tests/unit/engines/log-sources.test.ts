import { describe, expect, it } from 'vitest';
import { containerState, type LogQuestion, logSources } from '../../../src/engines/log-sources.ts';
import { containersOf } from '../../../src/engines/pods.ts';
import { aContainer, aPod, crashed, minutesAgo, now } from '../../support/builders.ts';

const healthy = aPod('api-0');
const dying = aPod('api-1', {
  containers: [aContainer('app', crashed({ exitCode: 1, reason: 'Error' })), aContainer('proxy')],
});
const restarted = (minutes: number) =>
  aPod('api-2', {
    containers: [
      aContainer('app', {
        status: {
          restartCount: 1,
          state: { running: { startedAt: minutesAgo(minutes) } },
          lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: minutesAgo(minutes) } },
        },
      }),
    ],
  });

const read = (question: Partial<LogQuestion>) =>
  logSources({ pods: [], now: Date.parse(now), ...question }).map(({ pod, container, previous, died, siblings }) => [
    `${pod.metadata.name}/${container.name}${previous ? ' previous' : ''}`,
    died !== undefined,
    siblings.map(({ metadata }) => metadata.name),
  ]);

describe('logSources', () => {
  it('reads the containers in trouble of the broken pods, beside healthy ones', () => {
    expect(read({ pods: [healthy, dying] })).toEqual([['api-1/app', true, ['api-0']]]);
  });

  it('reads the instance before a recent restart, and the running one after a while', () => {
    expect(read({ pods: [restarted(2)] })).toEqual([['api-2/app previous', true, []]]);
    expect(read({ pods: [restarted(300)] })).toEqual([['api-2/app', false, []]]);
  });

  it('reads what it is told to', () => {
    expect(read({ pods: [healthy, dying], only: healthy })).toEqual([['api-0/app', false, []]]);
    expect(read({ pods: [dying], container: 'proxy' })).toEqual([['api-1/proxy', false, []]]);
    expect(read({ pods: [restarted(2)], previous: false })).toEqual([['api-2/app', false, []]]);
  });

  it('reads two replicas of many', () => {
    expect(read({ pods: [dying, dying, dying] })).toHaveLength(2);
  });

  it('reads nothing of a pod without containers', () => {
    expect(read({ pods: [aPod('bare', { containers: [] })] })).toEqual([]);
  });
});

describe('containerState', () => {
  it.each([
    [healthy, 'running'],
    [dying, 'CrashLoopBackOff, ended with exit code 1 (Error), 6 restarts'],
  ])('says how a container is', (pod, words) => {
    expect(containersOf(pod).slice(0, 1).map(containerState)).toEqual([words]);
  });
});
