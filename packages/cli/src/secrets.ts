import type { Credential } from '@aoai/auth';
import type { Terminal } from './terminal.ts';

/** Shorter values are more often ordinary words than secrets. */
const shortest = 8;

const secretName =
  /(?:^|_)(?:API_?KEY|KEY|SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|SAS|CONNECTION_STRING|IDENTITY_HEADER)(?:_(?:PRIMARY|SECONDARY|\d+))?$/i;

/** The secrets that this process knows, and how they are removed from a text. */
export interface Secrets {
  readonly add: (secret: string) => void;
  mask(text: string): string;
  /** Length of the end of a text that may be the start of a secret: the next piece decides. */
  openEnd(text: string): number;
}

/** Starts with the values of environment variables whose names say that they are secret. */
export function createSecrets(env: Terminal['env']): Secrets {
  const known = new Set<string>();
  const add = (secret: string): void => {
    if (secret.length < shortest) return;
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
      known.add(form);
  };
  for (const [name, value = ''] of Object.entries(env)) if (secretName.test(name)) add(value.trim());
  return {
    add,
    mask(text) {
      let masked = text;
      // Longest first: one secret may contain another.
      for (const secret of [...known].toSorted((a, b) => b.length - a.length))
        masked = masked.replaceAll(secret, '[redacted]');
      return masked;
    },
    openEnd(text) {
      let longest = 0;
      for (const secret of known) {
        for (let length = Math.min(secret.length - 1, text.length); length > longest; length--)
          if (text.endsWith(secret.slice(0, length))) longest = length;
      }
      return longest;
    },
  };
}

/** Wraps the credential so that every key and token of it is removed from the output. */
export function concealed(credential: Credential, { conceal }: Terminal): Credential {
  return {
    ...credential,
    async headers(request) {
      const headers = await credential.headers(request);
      for (const value of Object.values(headers)) conceal?.(value.replace(/^Bearer\s+/i, ''));
      return headers;
    },
  };
}
