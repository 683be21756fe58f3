import { useState } from 'preact/hooks';
import type { ActionReport } from '../tools/mend/report.ts';
import { ActionsView } from './actions.tsx';
import { type Address, views as allViews, hrefOf, type View } from './address.ts';
import type { Answer, Backend, Failure, Session } from './backend.ts';
import { CausesView } from './causes-view.tsx';
import { Chooser } from './chooser.tsx';
import { followed } from './links.ts';
import { Notice } from './sign-in.tsx';
import { TimelineView } from './timeline.tsx';
import { useAddress } from './use-address.ts';
import { Problem } from './words.tsx';

export interface ViewProps {
  readonly backend: Backend;
  /** What to show first. */
  readonly initial: Address;
  /** Whether it is a part of a conversation: no choosing, no URL. */
  readonly inChat: boolean;
}
interface WorkProps extends ViewProps {
  readonly session: Session;
  readonly offers: (tool: string) => boolean;
}

/** Looking at a cluster, and mending it. */
export function Work({ backend, initial, inChat, session, offers }: WorkProps) {
  const [address, go] = useAddress(initial, inChat);
  const [round, setRound] = useState(0);
  const [failure, setFailure] = useState<Failure>();
  const [planning, setPlanning] = useState(false);

  const show = (change: Partial<Address>) => {
    setFailure(undefined);
    go({ ...address, ...change });
  };
  const plan = async (tool: string, args: Readonly<Record<string, unknown>>) => {
    setPlanning(true);
    setFailure(undefined);
    const { cluster } = address;
    const answer = await backend.call<ActionReport>(tool, { ...args, ...(cluster !== undefined && { cluster }) });
    setPlanning(false);
    const id = plannedId(answer);
    if (id !== undefined) show({ view: 'actions', action: id, namespace: textOf(args['namespace']), cause: undefined });
    else if (!answer.success) setFailure(answer);
  };
  const views = allViews.filter((view) => view !== 'actions' || address.view === view || offers('list_actions'));
  return (
    <>
      <header class="top">
        {!inChat && <span class="brand">kubemend</span>}
        <nav aria-label="Views">
          {views.map((view) => (
            <ViewLink view={view} address={address} onGo={() => show({ view, action: undefined })} />
          ))}
        </nav>
        <button type="button" onClick={() => setRound(round + 1)}>
          Refresh
        </button>
        {session.user !== undefined && (
          <span class="user">
            {session.user}{' '}
            <button type="button" onClick={() => void backend.signOut?.()}>
              Sign out
            </button>
          </span>
        )}
        {!inChat && (
          <Chooser
            backend={backend}
            address={address}
            onChoose={(place) => go({ view: address.view, minutes: address.minutes, ...place })}
          />
        )}
      </header>
      <main id="main">
        <Notice notice={session.notice} />
        {failure !== undefined && <Problem failure={failure} />}
        {address.view === 'causes' && (
          <CausesView
            {...{ backend, address, round, plan, planning, offers }}
            onOpen={(cause) => go({ ...address, cause }, 'replaced')}
          />
        )}
        {address.view === 'timeline' && (
          <TimelineView {...{ backend, address, round }} onMinutes={(minutes) => show({ minutes })} />
        )}
        {address.view === 'actions' && (
          <ActionsView
            {...{ backend, session, address, round, plan }}
            onOpen={(action, namespace) => show({ action, namespace })}
          />
        )}
      </main>
    </>
  );
}

const titles: Readonly<Record<View, string>> = { causes: 'Causes', timeline: 'Timeline', actions: 'Actions' };

function ViewLink({
  view,
  address,
  onGo,
}: {
  readonly view: View;
  readonly address: Address;
  readonly onGo: () => void;
}) {
  return (
    <a
      href={hrefOf({ ...address, view, action: undefined })}
      aria-current={view === address.view ? 'page' : undefined}
      onClick={followed(onGo)}
    >
      {titles[view]}
    </a>
  );
}

/** A plan waits for a person, or was carried out because its host had asked one. */
function plannedId(answer: Answer<ActionReport>): string | undefined {
  if (answer.success) return answer.action_id;
  return answer.error_type === 'approval_required' ? textOf(answer.details['action_id']) : undefined;
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
