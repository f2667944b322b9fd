import { entraId } from '@aoai/auth';
import { createClient, fetchTransport } from '@aoai/client';
import type { Client } from '@aoai/client';
import type { Config } from '@aoai/config';

/** What the Worker is given. */
export interface Bindings {
  readonly TENANT: string;
  readonly CLIENT_ID: string;
  readonly CLIENT_SECRET: string;
}

/** A client for Cloudflare Workers: no sockets, no files, and no identity but that of its secrets. */
export function clientInWorker(config: Config<'chat'>, env: Bindings): Client<'chat'> {
  //#region worker
  const credential = entraId({
    async getToken(scopes) {
      const response = await fetch(`https://login.microsoftonline.com/${env.TENANT}/oauth2/v2.0/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: env.CLIENT_ID,
          client_secret: env.CLIENT_SECRET,
          scope: [scopes].flat().join(' '),
        }),
      });
      if (!response.ok) throw new Error(`No token: ${await response.text()}`);
      const token = (await response.json()) as { access_token: string; expires_in: number };
      return { token: token.access_token, expiresOnTimestamp: Date.now() + token.expires_in * 1_000 };
    },
  });
  const azure = createClient(config, { credential, transport: fetchTransport() });
  //#endregion
  return azure;
}
