import { useEffect, useErrorBoundary, useState } from 'preact/hooks';
import type { Failure, Session } from './backend.ts';
import { focusHeading, followed } from './links.ts';
import { SignIn } from './sign-in.tsx';
import { Problem } from './words.tsx';
import { type ViewProps, Work } from './work.tsx';

/** The whole page, once it is known who looks at it. */
export function Console(props: ViewProps) {
  const { backend } = props;
  const [known, setKnown] = useState<{ readonly session: Session; readonly offers: (tool: string) => boolean }>();
  useEffect(() => {
    void (async () => {
      const session = await backend.session();
      setKnown({ session, offers: isOut(session) ? () => false : await backend.offers() });
    })();
  }, [backend]);
  const [broken] = useErrorBoundary();
  if (broken !== undefined) return <Problem failure={cannotShow} titled="h1" />;
  if (known === undefined) return <p class="loading">Loading…</p>;
  return (
    <>
      <a class="skip" href="#main" onClick={followed(focusHeading)}>
        Skip to the content
      </a>
      {isOut(known.session) ? <SignIn session={known.session} /> : <Work {...props} {...known} />}
    </>
  );
}

const cannotShow: Failure = {
  success: false,
  error: 'The page cannot show this answer.',
  error_type: 'internal_error',
  details: {},
  hint: 'Load it anew; kubemend diagnose tells the same in a terminal.',
};

const isOut = ({ sign_in: signIn, user }: Session): boolean => signIn !== 'unneeded' && user === undefined;
