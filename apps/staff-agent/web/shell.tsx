// How to use it: `<Shell name="Handbook" pitch="…">{(me) => <YourPage me={me} />}</Shell>`. It asks who is signed in, offers
// to sign in, and has the header with the person's menu. The same file stands in every sample.
import { useEffect, useState, type ReactNode } from 'react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';

/** Who is signed in, as `/api/me` tells. */
export interface Me {
  readonly name: string;
  readonly username: string;
  readonly roles: readonly string[];
  /** Names of groups, where the app shows them. */
  readonly groups?: readonly string[];
  /** Whether the people are those of the mock. */
  readonly isMock?: boolean;
}

interface ShellProps {
  readonly name: string;
  /** One sentence for people who are not signed in yet. */
  readonly pitch: string;
  /** Pages beside the first: address and name. */
  readonly pages?: readonly (readonly [href: string, name: string])[];
  readonly children: (me: Me) => ReactNode;
}

type State =
  | { readonly kind: 'asking' | 'signed-out' | 'unreachable' }
  | { readonly kind: 'signed-in'; readonly me: Me };

export function Shell({ name, pitch, pages = [], children }: ShellProps) {
  const state = useMe();
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="bar">
        <a className="brand" href="/">
          <img src="/icon.svg" alt="" width="28" height="28" />
          {name}
        </a>
        {state.kind === 'signed-in' && (
          <>
            <nav aria-label="Pages">
              {pages.map(([href, label]) => (
                <a key={href} href={href} aria-current={location.pathname === href ? 'page' : undefined}>
                  {label}
                </a>
              ))}
            </nav>
            <PersonMenu me={state.me} />
          </>
        )}
      </header>
      <main id="main" tabIndex={-1}>
        {state.kind === 'signed-in' ? (
          children(state.me)
        ) : (
          <Welcome name={name} pitch={pitch} kind={state.kind} />
        )}
      </main>
    </>
  );
}

function useMe(): State {
  const [state, setState] = useState<State>({ kind: 'asking' });
  useEffect(() => {
    fetch('/api/me')
      .then(async (response) => {
        if (!response.ok && response.status !== 401) throw new Error(String(response.status));
        const me = response.ok ? ((await response.json()) as Me) : undefined;
        setState(me === undefined ? { kind: 'signed-out' } : { kind: 'signed-in', me });
      })
      .catch(() => {
        setState({ kind: 'unreachable' });
      });
  }, []);
  return state;
}

function Welcome({
  name,
  pitch,
  kind,
}: {
  readonly name: string;
  readonly pitch: string;
  readonly kind: State['kind'];
}) {
  if (kind === 'asking') return <p className="quiet page" aria-busy="true" />;
  const failure = new URLSearchParams(location.search).get('sign-in');
  return (
    <section className="welcome">
      <h1>{name}</h1>
      <p className="lead">{pitch}</p>
      {failure !== null && (
        <p className="notice" role="alert">
          {failure === 'expired'
            ? 'The sign-in took too long. Try again.'
            : 'The sign-in did not work. Try again.'}
        </p>
      )}
      {kind === 'unreachable' ? (
        <p className="notice" role="alert">
          The server cannot be reached. Reload the page in a moment.
        </p>
      ) : (
        <a className="button" href="/sign-in">
          Sign in
        </a>
      )}
    </section>
  );
}

function PersonMenu({ me }: { readonly me: Me }) {
  const initials = me.name
    .split(' ')
    .map((word) => word.charAt(0))
    .join('')
    .slice(0, 2);
  return (
    <DialogTrigger>
      <Button className="person">
        <span className="initials" data-initials={initials} />
        <span className="person-name">{me.name}</span>
      </Button>
      <Popover placement="bottom end" className="popover">
        <Dialog aria-label="Account" className="account">
          <strong>{me.name}</strong>
          <span className="quiet">{me.username}</span>
          <Tags label="Groups" names={me.groups ?? []} />
          <Tags label="Roles" names={me.roles} />
          <Button className="button secondary" onPress={() => void signOut()}>
            {me.isMock === true ? 'Be somebody else' : 'Sign out'}
          </Button>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function Tags({ label, names }: { readonly label: string; readonly names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <div className="tags">
      <span className="quiet">{label}</span>
      <ul>
        {names.map((name) => (
          <li key={name} className="tag">
            {name}
          </li>
        ))}
      </ul>
    </div>
  );
}

async function signOut(): Promise<void> {
  await fetch('/sign-out', { method: 'POST' });
  location.assign('/');
}
