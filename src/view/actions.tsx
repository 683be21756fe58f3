import type { ActionReport } from '../tools/mend/report.ts';
import { type Acting, ActionView } from './action.tsx';
import { type Address, hrefOf, placeOf } from './address.ts';
import { followed } from './links.ts';
import { Loading } from './loading.tsx';
import { useAnswer } from './use-answer.ts';
import { ObjectName, Time } from './words.tsx';

interface ActionsProps extends Acting {
  readonly address: Address;
  readonly onOpen: (action: string | undefined, namespace: string | undefined) => void;
}

/** What was planned and done, or one of them. */
export function ActionsView({ onOpen, ...props }: ActionsProps) {
  const { address } = props;
  if (address.action === undefined) return <ActionList {...props} onOpen={onOpen} />;
  return (
    <>
      <p>
        <a
          href={hrefOf({ ...address, action: undefined })}
          onClick={followed(() => onOpen(undefined, address.namespace))}
        >
          ← All actions
        </a>
      </p>
      <ActionView {...props} />
    </>
  );
}

interface Listed {
  readonly actions: readonly ActionReport[];
  readonly more: number;
  readonly unreadable: number;
}

function ActionList({ backend, address, round, onOpen }: ActionsProps) {
  const { namespace } = address;
  const place = {
    ...placeOf({ ...address, object: undefined }),
    ...(namespace === undefined && { all_namespaces: true }),
  };
  const asked = useAnswer<Listed>(backend, 'list_actions', place, round);
  return (
    <>
      <header class="verdict">
        <h1 tabIndex={-1}>What you planned and did in {namespace ?? 'all namespaces'}</h1>
      </header>
      <Loading asked={asked} what="the actions">
        {({ actions, more, unreadable }) => (
          <>
            {actions.length === 0 && (
              <p class="prose">Nothing was planned or done. Fixes that can be planned stand with their cause.</p>
            )}
            <ol class="actions">
              {actions.map(({ action_id: id, action, object, state, created_at: at, summary }) => (
                <li key={id}>
                  <Time at={at} />
                  <span class={`state ${state}`}>{state}</span>
                  <span>
                    <a
                      href={hrefOf({ ...address, action: id, namespace: object.namespace })}
                      onClick={followed(() => onOpen(id, object.namespace))}
                    >
                      {action.replaceAll('_', ' ')} <ObjectName object={object} home={namespace} />
                    </a>{' '}
                    <span class="dim">{summary}</span>
                  </span>
                </li>
              ))}
            </ol>
            {more > 0 && <p class="dim">{more} older are not shown.</p>}
            {unreadable > 0 && (
              <p class="dim">{unreadable} records cannot be read: they are not ours, or were changed.</p>
            )}
          </>
        )}
      </Loading>
    </>
  );
}
