import { useEffect, useState } from 'preact/hooks';
import type { Address } from './address.ts';
import type { Backend } from './backend.ts';
import { useAnswer } from './use-answer.ts';

interface Clusters {
  readonly clusters: readonly {
    readonly name: string;
    readonly default: boolean;
    readonly reachable: boolean;
    readonly problem?: string;
  }[];
}
interface Namespaces {
  readonly rows: readonly (readonly unknown[])[];
}

interface ChooserProps {
  readonly backend: Backend;
  readonly address: Address;
  readonly onChoose: (place: Pick<Address, 'cluster' | 'namespace' | 'object'>) => void;
}

/** Which cluster, namespace and object to look at. */
export function Chooser({ backend, address, onChoose }: ChooserProps) {
  const { cluster, namespace, object } = address;
  const listed = useAnswer<Clusters>(backend, 'list_clusters', {}, 0).answer;
  const clusters = listed?.success ? listed.clusters : [];
  const place = cluster === undefined ? {} : { cluster };
  const found = useAnswer<Namespaces>(backend, 'list_resources', { kind: 'namespace', limit: 200, ...place }, 0).answer;
  const names = found?.success ? found.rows.map(([name]) => String(name)) : [];
  const [draft, setDraft] = useState({ namespace, object });
  useEffect(() => setDraft({ namespace, object }), [namespace, object]);
  return (
    <form
      class="chooser"
      role="search"
      aria-label="What to look at"
      onSubmit={(event) => {
        event.preventDefault();
        onChoose({
          cluster,
          namespace: draft.namespace?.trim() || undefined,
          object: draft.object?.trim() || undefined,
        });
      }}
    >
      {clusters.length > 1 && (
        <label>
          Cluster{' '}
          <select
            value={cluster ?? clusters.find(({ default: usual }) => usual)?.name}
            onChange={({ currentTarget }) => onChoose({ cluster: currentTarget.value })}
          >
            {clusters.map(({ name, reachable }) => (
              <option value={name}>{reachable ? name : `${name} (not reachable)`}</option>
            ))}
          </select>
        </label>
      )}
      <label>
        Namespace{' '}
        <input
          type="text"
          list="namespaces"
          placeholder="all"
          autocomplete="off"
          spellcheck={false}
          value={draft.namespace ?? ''}
          onInput={({ currentTarget }) => setDraft({ ...draft, namespace: currentTarget.value })}
        />
      </label>
      <datalist id="namespaces">
        {names.map((name) => (
          <option value={name} />
        ))}
      </datalist>
      <label>
        Object{' '}
        <input
          type="text"
          placeholder="deployment/api"
          autocomplete="off"
          spellcheck={false}
          value={draft.object ?? ''}
          onInput={({ currentTarget }) => setDraft({ ...draft, object: currentTarget.value })}
        />
      </label>
      <button type="submit">Look</button>
    </form>
  );
}
