import { crashes } from '../../../crashes/crashes.ts';
import { tellingEntries } from '../../../logs/telling.ts';
import { nameOf, type ObjectRef, type Pod, refOf } from '../../../objects.ts';
import { referencesOf } from '../../../references.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const dnsCorednsConfig = defineRule({
  id: 'dns-coredns-config',
  title: 'The configuration of CoreDNS does not work',
  area: 'cluster',
  class: 'cause',
  severity: 'critical',
  meaning: 'CoreDNS does not start with its Corefile, so names in the cluster are not resolved, or soon will not be.',
  detection:
    'A pod of CoreDNS (by its labels) crashes, and its log says that the Corefile cannot be read (`Corefile:3 - Error during ' +
    'parsing`, an unknown plugin), or that its upstream is itself (`Loop … detected for zone`).',
  remedies: [
    'Revert the Corefile in its ConfigMap to what worked.',
    'For a loop: forward to a real resolver instead of /etc/resolv.conf, which names a local one.',
  ],
  avoid: [
    'restarting all applications: they get no names either',
    'trying Corefiles out: each one that fails takes DNS away',
  ],

  check: (snapshot) =>
    crashes(snapshot).flatMap(({ pod, container, log }) => {
      if (!isCoreDns(pod) || log === undefined) return [];
      const texts = log.lines.map(({ text }) => text);
      const words = texts.findLast((text) => faults.some(({ pattern }) => pattern.test(text)));
      const fault = faults.find(({ pattern }) => pattern.test(words ?? ''));
      return words === undefined || fault === undefined
        ? []
        : [findingOf(snapshot, { pod, container: container.name, words, fault, at: tellingEntries(log)[0]?.entry.at })];
    }),
});

interface Fault {
  readonly pattern: RegExp;
  readonly advice: string;
  readonly reason: string;
}

const faults: readonly Fault[] = [
  {
    pattern: /plugin\/loop: Loop .*detected/i,
    advice: 'set forward . in the Corefile to the address of a real resolver',
    reason: 'what /etc/resolv.conf of the node names leads back to CoreDNS',
  },
  {
    pattern:
      /Corefile:\d+ - Error during parsing|Error during parsing: |Unknown (?:directive|property) |loading Caddyfile|cannot (?:parse|load) (?:the )?Corefile/i,
    advice: 'correct the Corefile at the line that the log names, or revert its last change',
    reason: 'CoreDNS reads it when it starts, so running pods may still have the one before',
  },
];

const isCoreDns = ({ metadata: { labels } }: Pod): boolean =>
  labels?.['k8s-app'] === 'kube-dns' ||
  labels?.['k8s-app'] === 'coredns' ||
  labels?.['app.kubernetes.io/name'] === 'coredns';

interface Told {
  readonly pod: Pod;
  readonly container: string;
  readonly words: string;
  readonly fault: Fault;
  readonly at: string | undefined;
}

function findingOf(snapshot: Snapshot, { pod, container, words, fault, at }: Told): Finding {
  const name = referencesOf(pod.spec).find(({ kind }) => kind === 'ConfigMap')?.name;
  const config: ObjectRef | undefined =
    name === undefined ? undefined : { kind: 'ConfigMap', namespace: pod.metadata.namespace, name };
  const write = config === undefined ? undefined : lastWrite(snapshot, config);
  return {
    subject: refOf(pod),
    container,
    problem: `cannot use its Corefile${config === undefined ? '' : ` (${nameOf(config)})`}: ${essence(words)}`,
    dependsOn: config === undefined ? [] : [config],
    certainty: 'message',
    evidence: [
      { object: refOf(pod), source: 'log', text: words, at },
      ...(config === undefined || write === undefined
        ? []
        : [
            {
              object: config,
              source: 'change' as const,
              text: `was last written by ${write.manager ?? 'somebody'}`,
              at: write.time,
            },
          ]),
    ],
    since: write?.time,
    fixes: [{ advice: fault.advice, reason: fault.reason }],
    nextCheck: `kubectl get configmap ${name ?? 'coredns'} -n ${pod.metadata.namespace} -o yaml`,
  };
}

const lastWrite = (snapshot: Snapshot, config: ObjectRef) =>
  (snapshot.head(config)?.metadata.managedFields ?? []).toSorted((a, b) =>
    (a.time ?? '') < (b.time ?? '') ? 1 : -1,
  )[0];

/** Without levels, paths and the random names that the loop plugin asks itself for. */
const essence = (words: string): string =>
  words
    .replace(/^\[?(?:FATAL|ERROR|PANIC)\]?:?\s*/i, '')
    .replace(/Query: .*$/, '')
    .trim();
