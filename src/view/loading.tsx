import type { ComponentChildren } from 'preact';
import type { Asked } from './use-answer.ts';
import { Problem } from './words.tsx';

interface LoadingProps<Data> {
  readonly asked: Asked<Data>;
  readonly what: string;
  /** `h1` where nothing else on the page has a heading. */
  readonly titled?: 'h1';
  readonly children: (data: Data) => ComponentChildren;
}

/** What was answered; before that, that it is on its way; or what went wrong. */
export function Loading<Data>({ asked: { answer, loading }, what, titled, children }: LoadingProps<Data>) {
  const Words = titled ?? 'p';
  if (answer === undefined)
    return (
      <Words class="loading" tabIndex={-1}>
        Reading {what}…
      </Words>
    );
  return (
    <div aria-busy={loading} class={loading ? 'busy' : ''}>
      {answer.success ? children(answer) : <Problem failure={answer} titled={titled ?? 'h2'} />}
    </div>
  );
}
