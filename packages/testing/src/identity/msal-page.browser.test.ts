import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Configuration } from '@azure/msal-browser';
import { findChromium, launchChromium } from '@aoai/vitest/chromium';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createListener } from '../neighbour/listener.ts';
import { createIdentity } from './identity.ts';

const library = join(createRequire(import.meta.url).resolve('@azure/msal-browser'), '../msal-browser.min.js');
const identity = createIdentity({ users: { ada: { name: 'Ada Lovelace' } }, apps: { spa: {} } });
const app = createListener({
  handle: async ({ url }) =>
    url.pathname === '/msal.js'
      ? { status: 200, headers: { 'content-type': 'text/javascript' }, body: readFileSync(library, 'utf8') }
      : { status: 200, headers: { 'content-type': 'text/html' }, body: page() },
});

/** Signs in where nobody is signed in; then gets a token for another service, and shows whose and what for it is. */
function page(): string {
  const auth: Configuration['auth'] = {
    clientId: identity.directory.app('spa')?.clientId ?? '',
    authority: `${identity.authority}/${identity.tenantId}`,
    knownAuthorities: [new URL(identity.authority).host],
    redirectUri: pageUrl(),
  };
  return `<!doctype html><title>A page</title><output></output><script src="/msal.js"></script><script type="module">
    const client = new msal.PublicClientApplication({ auth: ${JSON.stringify(auth)} });
    await client.initialize();
    const signedIn = await client.handleRedirectPromise();
    const account = signedIn?.account ?? client.getAllAccounts()[0];
    if (account === undefined) await client.loginRedirect({ scopes: ['https://cognitiveservices.azure.com/.default'] });
    else {
      const { accessToken } = await client.acquireTokenSilent({ scopes: ['https://ai.azure.com/.default'], account });
      document.querySelector('output').textContent = account.name + ' ' + accessToken;
    }
  </script>`;
}

/** Not `127.0.0.1`, so that its origin is another one than that of the tenant. */
function pageUrl(): string {
  return `${app.origin.replace('127.0.0.1', 'localhost')}/`;
}

describe.skipIf(findChromium() === undefined)('a page in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    await Promise.all([identity.start(), app.start()]);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all([identity.close(), app.close()]);
  });

  test('signs its user in with MSAL, and gets tokens without a secret', async () => {
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const tab = await context.newPage();
    await tab.goto(pageUrl());
    await tab.getByRole('button', { name: /Ada Lovelace/ }).click();
    await tab.getByText(/^Ada Lovelace ey/).waitFor();
    const [, token = ''] = / (ey\S+)$/.exec(await tab.locator('output').innerText()) ?? [];
    expect(identity.verify(token, { service: 'openai' })).toMatchObject({
      ok: true,
      principal: { kind: 'user', name: 'Ada Lovelace', clientId: identity.directory.app('spa')?.clientId },
    });
    expect(identity.requests().map(({ grantType }) => grantType)).toEqual(
      expect.arrayContaining(['authorization_code', 'refresh_token']),
    );
    await context.close();
  });
});
