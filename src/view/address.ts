export const views = ['causes', 'timeline', 'actions'] as const;
export type View = (typeof views)[number];

/** What the page shows: all of it is in its URL, so that a link shows the same to others. */
export interface Address {
  readonly view: View;
  readonly cluster?: string | undefined;
  /** Absent: all of them. */
  readonly namespace?: string | undefined;
  /** `deployment/api`. */
  readonly object?: string | undefined;
  /** Id of the cause that is open. */
  readonly cause?: string | undefined;
  readonly action?: string | undefined;
  /** How far back the timeline goes. */
  readonly minutes?: number | undefined;
}

const isView = (name: string | null): name is View => views.some((view) => view === name);

/** @param query with or without the question mark. Whatever is not understood is left out. */
export function addressOf(query: string): Address {
  const given = new URLSearchParams(query);
  const view = given.get('view');
  const text = (name: string): string | undefined => given.get(name)?.slice(0, 300) || undefined;
  const minutes = Number(given.get('minutes'));
  return {
    view: isView(view) ? view : 'causes',
    cluster: text('cluster'),
    namespace: text('namespace'),
    object: text('object'),
    cause: text('cause'),
    action: text('action'),
    minutes: Number.isSafeInteger(minutes) && minutes > 0 ? minutes : undefined,
  };
}

/** A relative URL of the page that shows this. */
export function hrefOf({ view, ...rest }: Address): string {
  const query = new URLSearchParams(view === 'causes' ? {} : { view });
  for (const [name, value] of Object.entries(rest)) {
    if (value !== undefined && value !== '') query.set(name, String(value));
  }
  return `?${query}`;
}

/** Where a tool is to look. */
export function placeOf({ cluster, namespace, object }: Address): Readonly<Record<string, unknown>> {
  return {
    ...(cluster !== undefined && { cluster }),
    ...(namespace !== undefined && { namespace }),
    ...(object !== undefined && { object }),
  };
}
