import type { App } from './directory.ts';

/** What a web app reads from its environment to sign people in, under names that also work with Entra ID. */
export function signInEnvironment(app: App, authority: string): Record<string, string> {
  const [secret] = app.secrets;
  const scopes = app.scopes ?? [];
  const names = scopes.length === 0 ? ['.default'] : scopes;
  return {
    SIGN_IN_AUTHORITY: authority,
    SIGN_IN_CLIENT_ID: app.clientId,
    ...(secret === undefined ? {} : { SIGN_IN_CLIENT_SECRET: secret }),
    SIGN_IN_SCOPE: names.map((name) => `${app.identifierUri}/${name}`).join(' '),
  };
}

/** `_EXPENSES_API` for the app `expenses-api`, as the endpoints of resources are named. */
export function variableSuffix(name: string): string {
  return `_${name.toUpperCase().replace(/\W/g, '_')}`;
}
