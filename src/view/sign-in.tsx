import type { Session } from './backend.ts';
import { Sign } from './words.tsx';

/** Before anybody is signed in. */
export function SignIn({ session: { sign_in: signIn, notice } }: { readonly session: Session }) {
  const here = `${location.pathname}${location.search}`;
  return (
    <main id="main" class="sign-in">
      <h1 tabIndex={-1}>kubemend</h1>
      <p class="prose">Finds out why Kubernetes workloads are broken, and mends them safely.</p>
      <Notice notice={notice} />
      {signIn === 'possible' ? (
        <p>
          <a class="button main" href={`ui/login?${new URLSearchParams({ return: here })}`}>
            Sign in
          </a>
        </p>
      ) : (
        <p class="prose">
          People cannot sign in here: this service takes the access tokens of programs. Whoever runs it can change that
          with <code>--auth oidc</code> and <code>--console-client-id</code>.
        </p>
      )}
    </main>
  );
}

/** What went wrong while the person was away. */
export const Notice = ({ notice }: Pick<Session, 'notice'>) =>
  notice === undefined ? null : (
    <section class="problem" role="alert">
      <p class="prose">
        <Sign mark="unknown" /> {notice.error}
      </p>
      {notice.hint !== undefined && <p class="prose dim">{notice.hint}</p>}
    </section>
  );
