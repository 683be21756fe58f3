import type { Diagnosis } from '../tools/report/diagnosis.ts';
import { type Address, placeOf } from './address.ts';
import type { Backend } from './backend.ts';
import { Causes } from './causes.tsx';
import { Loading } from './loading.tsx';
import { useAnswer } from './use-answer.ts';

interface CausesViewProps {
  readonly backend: Backend;
  readonly offers: (tool: string) => boolean;
  readonly address: Address;
  readonly round: number;
  readonly planning: boolean;
  readonly plan: (tool: string, args: Readonly<Record<string, unknown>>) => void;
  readonly onOpen: (cause: string) => void;
}

/** Most causes that are shown at once. */
const limit = 20;

/** The diagnosis of what is looked at. */
export function CausesView({ backend, address, round, plan, planning, offers, onOpen }: CausesViewProps) {
  const everywhere = address.namespace === undefined && address.object === undefined;
  const args = { ...placeOf(address), ...(everywhere && { all_namespaces: true }), limit };
  const asked = useAnswer<Diagnosis>(backend, 'diagnose', args, round);
  const fixes = { offers, plan, busy: planning };
  return (
    <>
      <p class="unseen" role="status">
        {asked.loading ? 'Reading the cluster…' : 'The diagnosis is there.'}
      </p>
      <Loading asked={asked} what="the cluster" titled="h1">
        {(diagnosis) => <Causes {...{ diagnosis, address, onOpen, fixes }} />}
      </Loading>
    </>
  );
}
