import { useEffect, useState } from 'preact/hooks';
import type { Session } from './backend.ts';
import { focusHeading, followed } from './links.ts';
import { SignIn } from './sign-in.tsx';
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

const isOut = ({ sign_in: signIn, user }: Session): boolean => signIn !== 'unneeded' && user === undefined;
