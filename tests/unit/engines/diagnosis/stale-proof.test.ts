import { describe, expect, it } from 'vitest';
import { configStaleInPod } from '../../../../src/engines/diagnosis/rules/workload/config-stale-in-pod.ts';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import { aContainer, aDeployment, anObject, aPod, aSnapshot, minutesAgo, ownedBy } from '../../../support/builders.ts';

const { deployment, replicaSet } = aDeployment('web', { replicas: 0 });
const refusal = 'FATAL password authentication failed for user "app"';
const key = (name: string, secret = 'db') => ({ secretKeyRef: { name: secret, key: name } });
const fromEnv = [{ name: 'DB_PASSWORD', valueFrom: key('password') }];

/** Written five minutes ago. */
const aConfig = (keys: readonly string[] = ['password'], kind: 'Secret' | 'ConfigMap' = 'Secret', name = 'db') =>
  anObject(kind, name, {
    metadata: {
      managedFields: [
        {
          manager: 'rotator',
          time: minutesAgo(5),
          fieldsV1: { 'f:data': Object.fromEntries(keys.map((each) => [`f:${each}`, {}])) },
        },
      ],
    },
  });

interface Member {
  readonly startedAgo: number;
  readonly ready?: boolean;
  readonly env?: readonly object[];
  readonly container?: object;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly of?: KubernetesObject;
  /** Line and how many minutes ago it was logged; absent: its log was not read. */
  readonly log?: readonly (readonly [string, number])[];
}

const podOf = (name: string, { startedAgo, ready = false, env = fromEnv, container, spec, of = replicaSet }: Member) =>
  aPod(name, {
    metadata: { labels: { app: 'web' }, ...ownedBy(of) },
    containers: [
      aContainer('app', {
        env,
        ...container,
        status: { ready, state: { running: { startedAt: minutesAgo(startedAgo) } } },
      }),
    ],
    ...(spec && { spec }),
  });

/** How sure the rule is of the first member. */
function certainty(members: readonly Member[], configs: readonly KubernetesObject[] = [aConfig()]) {
  const named = members.map((member, index) => ({ member, name: `web-${index}` }));
  const snapshot = aSnapshot({
    objects: [deployment, replicaSet, ...configs, ...named.map(({ member, name }) => podOf(name, member))],
    logs: named.flatMap(({ member: { log }, name }) =>
      log === undefined
        ? []
        : [
            {
              namespace: 'shop',
              pod: name,
              container: 'app',
              previous: false,
              lines: log.map(([text, ago]) => ({ text, at: minutesAgo(ago) })),
            },
          ],
    ),
  });
  const found = configStaleInPod.check(snapshot, []).find(({ subject }) => subject.name === 'web-0');
  return [
    found?.certainty,
    ...(found?.evidence ?? []).filter(({ source }) => source === 'recomputed').map((e) => e.text),
  ];
}

const sure = (proof: string) => ['recomputed', expect.stringContaining(proof)];
const unsure = ['message'];

const quietBefore: readonly (readonly [string, number])[] = [
  ['INFO connected', 29],
  [refusal, 4],
  [refusal, 1],
];
const old: Member = { startedAgo: 30, log: [[refusal, 1]] };
const young: Member = { startedAgo: 3, ready: true };

describe('a stale value is proven by a pod that started after the write', () => {
  it('when that one is well', () => {
    expect(certainty([old, young])).toEqual(sure('Pod/web-1, of the same template and started after that, is well'));
  });

  it.each<[string, readonly Member[]]>([
    ['has been well for a moment only', [old, { startedAgo: 0.5, ready: true }]],
    ['is refused as well', [old, { ...young, log: [[refusal, 1]] }]],
    ['is not ready either', [old, { ...young, ready: false }]],
    ['is well, and another one is refused', [old, young, { startedAgo: 2, log: [[refusal, 1]] }]],
    ['is well, and so is one from before the write', [old, young, { startedAgo: 40, ready: true }]],
    [
      'has another template',
      [old, { ...young, of: anObject('ReplicaSet', 'web-new', { metadata: ownedBy(deployment) }) }],
    ],
  ])('but not when it %s', (_, members) => {
    expect(certainty(members)).toEqual(unsure);
  });

  it('by its log, where the one that complains is ready too', () => {
    const complaints = Array.from({ length: 20 }, (_, index) => [refusal, (20 - index) / 20] as const);
    const ready = { ...old, ready: true, log: complaints };

    expect(certainty([ready, { ...young, log: [['INFO connected', 1]] }])).toEqual(sure('Pod/web-1'));
    expect(certainty([ready, young])).toEqual(unsure);
  });

  it('but not when two objects were written, either of which may be meant', () => {
    const env = [...fromEnv, { name: 'MQ_PASSWORD', valueFrom: key('password', 'mq') }];

    expect(certainty([{ ...old, env }, young], [aConfig(), aConfig(['password'], 'Secret', 'mq')])).toEqual(unsure);
  });
});

describe('a stale value is proven by the time before the write', () => {
  const alone: Member = { startedAgo: 30, log: quietBefore };

  it('when nothing was refused then', () => {
    expect(certainty([alone])).toEqual(sure('its log said nothing of the kind before that'));
    expect(certainty([alone, { startedAgo: 25, log: quietBefore }])).toEqual(
      sure('all pods of its template are older'),
    );
  });

  it.each<[string, readonly (readonly [string, number])[]]>([
    ['it was refused before already', [[refusal, 9], ...quietBefore.slice(1)]],
    ['the log does not reach back so far', quietBefore.slice(1)],
  ])('but not when %s', (_, log) => {
    expect(certainty([{ ...alone, log }])).toEqual(unsure);
  });

  it('but not when the writer owns other keys, one of which it may have changed', () => {
    expect(certainty([alone], [aConfig(['password', 'banner'])])).toEqual(unsure);
    expect(
      certainty(
        [{ ...alone, env: [], container: { envFrom: [{ secretRef: { name: 'db' } }] } }],
        [aConfig(['password', 'banner'])],
      ),
    ).toEqual(sure('its log'));
  });

  it('but not when the container takes another secret, which may be meant', () => {
    const env = [...fromEnv, { name: 'MQ_PASSWORD', valueFrom: key('password', 'mq') }];

    expect(certainty([{ ...alone, env }])).toEqual(unsure);
  });

  it('of a file mounted by subPath', () => {
    const mounted = (subPath: string): Member => ({
      ...alone,
      env: [],
      container: { volumeMounts: [{ name: 'db', mountPath: '/db', subPath }] },
      spec: { volumes: [{ name: 'db', secret: { secretName: 'db' } }] },
    });

    expect(certainty([mounted('password')])).toEqual(sure('its log'));
    expect(certainty([mounted('banner')])).toEqual(unsure);
  });

  it('but not of a pod that is well, although it is as old', () => {
    expect(certainty([alone, { startedAgo: 30, ready: true }])).toEqual(unsure);
  });
});

describe('what a log complains of has to be what was written', () => {
  const env = [{ name: 'LOG_LEVEL', valueFrom: { configMapKeyRef: { name: 'app', key: 'level' } } }];
  const settings = [aConfig(['level'], 'ConfigMap', 'app')];

  it('a refused password is nothing of a ConfigMap', () => {
    expect(
      certainty(
        [
          { ...old, env },
          { ...young, env },
        ],
        settings,
      ),
    ).toEqual(unsure);
  });

  it('an error that names the variable is', () => {
    const log = [['ERROR LOG_LEVEL "chatty" is unknown', 1]] as const;

    expect(
      certainty(
        [
          { ...old, env, log },
          { ...young, env },
        ],
        settings,
      ),
    ).toEqual(sure('Pod/web-1'));
  });

  it('an error with a word that is the key by chance is not', () => {
    const log = [['ERROR water level is too high', 1]] as const;

    expect(
      certainty(
        [
          { ...old, env, log },
          { ...young, env },
        ],
        settings,
      ),
    ).toEqual(unsure);
  });
});
