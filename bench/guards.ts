import { diagnose } from '../src/engines/diagnosis/diagnose.ts';
import { draftOf } from '../src/engines/healing/draft-of.ts';
import { judge } from '../src/engines/healing/guards/judge.ts';
import { indexSnapshot } from '../src/engines/snapshot.ts';
import { readArchive } from '../src/kubernetes/archive/read.ts';
import { defaultPolicy } from '../src/platform/healing-policy.ts';
import { medianOf, ms, type Row } from './measure.ts';

const runs = 101;

/** All guards over the restart of a broken Deployment of the demo, in process. */
export async function measureGuards(): Promise<readonly Row[]> {
  const data = await readArchive('demo/shop.kubemend.gz');
  const snapshot = indexSnapshot(data);
  const target = snapshot.find('Deployment', 'shop', 'payments');
  if (target === undefined) throw new Error('the demo has no Deployment/payments');
  const ref = { kind: 'Deployment', namespace: 'shop', name: 'payments' };
  const draft = draftOf(
    { name: 'restart_workload', target: ref },
    { snapshot, target, revisions: [], at: data.takenAt },
  );
  if ('impossible' in draft) throw new Error(draft.impossible);
  const situation = {
    snapshot,
    target,
    explanation: diagnose(data),
    history: [],
    policy: defaultPolicy,
    tier: 'approve',
    healing: true,
    lacking: [],
    dryRun: { unexpected: [] },
  } as const;
  const times = Array.from({ length: runs }, () => {
    const began = performance.now();
    judge(draft, situation);
    return performance.now() - began;
  });
  return [
    {
      what: 'all guards over one plan, in process',
      measured: `${medianOf(times).toFixed(2)} ms (first ${ms(times[0] ?? 0)})`,
      limit: '1 ms',
      aim: '',
    },
  ];
}
