import { byLesser, cordon, evict, type Proposal, restart, setImage } from './proposals.ts';

/** What a guard wants a person to be asked about, with its reason, and what differs from it in one thing. */
export interface Asking {
  readonly guard: string;
  readonly what: string;
  readonly asked: Proposal;
  readonly says: RegExp;
  readonly but: string;
  readonly allowed: Proposal;
}

const nginx = { container: 'app', image: 'nginx:1.27' };

export const asking: readonly Asking[] = [
  {
    guard: 'G8',
    what: 'pods that it may not try',
    asked: byLesser(setImage('calm', 'deployment/warm-up', nginx)),
    says: /^approve: No pod of the new template .* was tried, as create pods is not permitted/,
    but: 'those that it tried',
    allowed: setImage('calm', 'deployment/warm-up', nginx),
  },
  {
    guard: 'G16',
    what: 'what Argo CD tracks',
    asked: restart('calm', 'deployment/argo'),
    says: /^approve: Argo CD \(Application argocd\/shop\) owns Deployment\/argo and will revert spec\.template/,
    but: 'what has a label of its instance alone',
    allowed: restart('calm', 'deployment/plain'),
  },
  {
    guard: 'G16',
    what: 'what a chart installed',
    asked: restart('calm', 'deployment/chart'),
    says: /^approve: Helm release chart delivers Deployment\/chart: its next upgrade will revert/,
    but: 'what has a label of its instance alone',
    allowed: restart('calm', 'deployment/plain'),
  },
  {
    guard: 'G16',
    what: 'what Flux wrote last',
    asked: restart('calm', 'deployment/by-flux'),
    says: /^approve: Flux owns Deployment\/by-flux and will revert/,
    but: 'what a person wrote last',
    allowed: restart('calm', 'deployment/by-hand'),
  },
  {
    guard: 'G17',
    what: 'what Flux has been told not to deliver now',
    asked: restart('calm', 'deployment/asleep'),
    says: /^approve: Kustomization\/asleep is suspended for Deployment\/asleep: its next sync will revert/,
    but: 'what it delivers',
    allowed: restart('calm', 'deployment/awake'),
  },
  {
    guard: 'G21',
    what: 'another version of what migrates data',
    asked: setImage('calm', 'deployment/migrate', nginx),
    says: /^approve: Init container migrate changes data with the version of Deployment\/migrate/,
    but: 'of what only warms up',
    allowed: setImage('calm', 'deployment/warm-up', nginx),
  },
  {
    guard: 'G21',
    what: 'a StatefulSet',
    asked: restart('calm', 'statefulset/members'),
    says: /^approve: StatefulSet\/members keeps data/,
    but: 'a Deployment',
    allowed: restart('calm', 'deployment/web'),
  },
  {
    guard: 'G35',
    what: 'what no Event can tell of',
    asked: byLesser(restart('calm', 'deployment/web')),
    says: /^approve: No Event on Deployment\/web can be written, as create events is not permitted/,
    but: 'what one can',
    allowed: restart('calm', 'deployment/web'),
  },
  {
    guard: 'G36',
    what: 'a broken pod whose log may not be read',
    asked: byLesser(evict('silent', 'pod/half-1')),
    says: /^approve: The log of container app of Pod\/half-1 was not read, and would be gone with its pod/,
    but: 'it once the log was read',
    allowed: evict('silent', 'pod/half-1'),
  },
  {
    guard: 'G37',
    what: 'a node',
    asked: cordon('calm', 'node/node-1'),
    says: /^approve: Node\/node-1 is a node: what the scheduler may place there concerns every workload/,
    but: 'a workload on it',
    allowed: restart('calm', 'deployment/web'),
  },
  {
    guard: 'G40',
    what: 'a restart of all for one broken pod',
    asked: restart('torn', 'deployment/torn'),
    says: /^approve: Only Pod\/torn-\S+ of Deployment\/torn is broken: evicting it alone costs less/,
    but: 'one of what has none',
    allowed: restart('torn', 'deployment/whole'),
  },
];
