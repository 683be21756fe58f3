import { image, memory, type Row, refusingChanges } from './guards-refusing-changes.ts';
import { byLesser, evict, type Proposal, resize, restart, scale, setImage } from './proposals.ts';

/** What a guard refuses, with its reason and what would be possible instead, and what differs from it in one thing. */
export interface Refusing {
  readonly guard: string;
  readonly what: string;
  readonly refused: Proposal;
  readonly says: RegExp;
  readonly instead: RegExp;
  readonly but: string;
  readonly allowed: Proposal;
}

const rows: readonly Row[] = [
  [
    'G1',
    'what the policy only advises',
    restart('calm', 'deployment/advised'),
    /The policy only gives advice on restart_workload on Deployment\/advised, by rules\[0\]/,
    /raise the tier in the policy/,
    'what no rule names',
    restart('calm', 'deployment/plain'),
  ],
  [
    'G2',
    'an image of a single pod, which no action sets',
    setImage('calm', 'pod/web-?', image('app', 'nginx:1.27')),
    /set_image does not act on Pod\/web-/,
    /it acts on Deployment, /,
    'that of its workload',
    setImage('calm', 'deployment/warm-up', image('app', 'nginx:1.27')),
  ],
  [
    'G4',
    'what follows from another object',
    scale('needing', 'deployment/waiting', 2),
    /What Deployment\/waiting shows follows from PersistentVolumeClaim\/orders/,
    /mend PersistentVolumeClaim\/orders: /,
    'what has the cause itself',
    scale('needing', 'deployment/needing', 2),
  ],
  [
    'G7',
    'what the caller may not do',
    byLesser(scale('calm', 'statefulset/members', 2)),
    /needs permissions that are lacking in namespace \S+: patch apps\/statefulsets/,
    /have them granted by a Role/,
    'what it may',
    byLesser(scale('calm', 'deployment/web', 3)),
  ],
  [
    'G8',
    'pods that a LimitRange forbids',
    resize('limited', 'deployment/web', memory('memory_limit', '72Mi')),
    /would refuse the pods of the new template .*: forbidden: maximum memory usage per Container is 64Mi/,
    /mend what it names/,
    'pods within it',
    resize('limited', 'deployment/web', memory('memory_limit', '60Mi')),
  ],
  [
    'G9',
    'what an admission policy mutates',
    restart('mutated', 'deployment/mutated'),
    /would change fields of Deployment\/mutated that the action does not: \/spec\/revisionHistoryLimit/,
    /admission policy/,
    'what it leaves alone',
    restart('mutated', 'deployment/kept'),
  ],
  [
    'G11',
    'an eviction against a budget',
    evict('calm', 'pod/budgeted-?'),
    /may not be evicted: PodDisruptionBudget\/budgeted allows no disruption: 2 of 2/,
    /run one more replica/,
    'one within it',
    evict('calm', 'pod/roomy-?'),
  ],
  [
    'G12',
    'to evict a pod without an owner',
    evict('calm', 'pod/bare'),
    /G12: Pod\/bare has no owner, so it would not return\.$/,
    /let whoever made it make it anew$/,
    'one that is made anew',
    evict('calm', 'pod/web-?'),
  ],
  [
    'G13',
    'to scale away pods whose claims go with them',
    scale('calm', 'statefulset/claims-delete', 0),
    /from 1 to 0 deletes claims: .*whenScaled is Delete/,
    /set whenScaled to Retain first/,
    'pods whose claims stay',
    scale('calm', 'statefulset/claims-retain', 0),
  ],
  [
    'G13',
    'whatever would write to a claim',
    scale('needing', 'persistentvolumeclaim/orders', 0),
    /Nothing is ever written to PersistentVolumeClaim\/orders/,
    /may do it by hand/,
    'its workload',
    scale('needing', 'deployment/needing', 2),
  ],
  [
    'G14',
    'what is labelled as protected',
    restart('calm', 'deployment/shielded'),
    /Deployment\/shielded has the protected label kubemend\.dev\/protected=true/,
    /a person may do it with kubectl/,
    'what is labelled otherwise',
    restart('calm', 'deployment/unshielded'),
  ],
  [
    'G14',
    'what is in a namespace of the ingress',
    restart('ingress', 'deployment/web'),
    /Deployment\/web is in the protected namespace \S+-ingress \(\*-ingress\)/,
    /a person may do it with kubectl/,
    'the same elsewhere',
    restart('calm', 'deployment/web'),
  ],
  [
    'G15',
    'what its owner opts out of',
    restart('calm', 'deployment/opted-out'),
    /Deployment\/opted-out says kubemend\.dev\/heal: false/,
    /ask its owner/,
    'what its owner opts in to',
    restart('calm', 'deployment/opted-in'),
  ],
  ...refusingChanges,
];

export const refusing: readonly Refusing[] = rows.map(([guard, what, refused, says, instead, but, allowed]) => ({
  guard,
  what,
  refused,
  says,
  instead,
  but,
  allowed,
}));
