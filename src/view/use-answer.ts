import { useEffect, useRef, useState } from 'preact/hooks';
import type { Answer, Backend } from './backend.ts';

export interface Asked<Data> {
  /** The last answer, also while a new one is on its way to the same question. */
  readonly answer?: Answer<Data> | undefined;
  readonly loading: boolean;
}

/** Asks a tool, and again whenever what is asked or `round` changes. Late answers to earlier questions are dropped. */
export function useAnswer<Data>(
  backend: Backend,
  tool: string,
  args: Readonly<Record<string, unknown>>,
  round: number,
): Asked<Data> {
  const question = JSON.stringify([tool, args]);
  const [state, setState] = useState<{ question: string; answer?: Answer<Data>; loading: boolean }>({
    question,
    loading: true,
  });
  const latest = useRef('');
  useEffect(() => {
    const asked = `${question}${round}`;
    latest.current = asked;
    setState((before) => (before.question === question ? { ...before, loading: true } : { question, loading: true }));
    void (async () => {
      const answer = await backend.call<Data>(tool, args);
      if (latest.current === asked) setState({ question, answer, loading: false });
    })();
  }, [question, round]);
  return state.question === question ? state : { loading: true };
}
