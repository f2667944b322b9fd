import { findChromium, launchChromium } from '@aoai/vitest/chromium';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createIdentity } from './identity.ts';
import { createListener } from '../neighbour/listener.ts';

const identity = createIdentity({
  users: {
    ada: { name: 'Ada Lovelace' },
    bob: { name: 'Bob “the builder” <b>', password: 'secret of bob' },
  },
  apps: { timid: { secret: 'x', consented: false, scopes: ['read'] } },
});
const app = createListener({
  handle: async ({ url, body }) => ({
    status: 200,
    headers: { 'content-type': 'text/plain' },
    body: url.search + body,
  }),
});
let browser: Browser;

describe.skipIf(findChromium() === undefined)('the sign-in page', () => {
  beforeAll(async () => {
    await Promise.all([identity.start(), app.start()]);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all([identity.close(), app.close()]);
  });

  function address(query: Record<string, string> = {}): string {
    const search = new URLSearchParams({
      client_id: identity.directory.defaultApp.clientId,
      redirect_uri: `${app.origin}/callback`,
      response_type: 'code',
      scope: 'openid offline_access',
      state: 'some state',
      ...query,
    });
    return `${identity.signInOrigin}/common/oauth2/v2.0/authorize?${search.toString()}`;
  }

  async function open(
    options: Parameters<Browser['newContext']>[0] = {},
  ): Promise<{ page: Page; problems: string[] }> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    return { page, problems };
  }

  test('signs in with one click, and without any the next time', async () => {
    const { page, problems } = await open();
    await page.goto(address());
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Pick an account');
    await page.getByRole('button', { name: /Ada Lovelace/ }).click();
    await page.waitForURL(/callback/);
    expect(new URL(page.url()).searchParams.get('state')).toBe('some state');
    expect(new URL(page.url()).searchParams.get('code')).not.toBeNull();
    await page.goto(address());
    expect(page.url()).toContain('/callback?code=');
    await page.goto(`${identity.signInOrigin}/common/oauth2/v2.0/logout`);
    await page.goto(address());
    expect(await page.getByRole('button').count()).toBe(2);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('works by keyboard alone and says what is wrong with a password', async () => {
    const { page } = await open();
    await page.goto(address());
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const password = page.getByLabel('Password');
    await password.waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('password');
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    expect(await page.getByRole('alert').innerText()).toContain('incorrect');
    await page.keyboard.type('secret of bob');
    await page.keyboard.press('Enter');
    await page.waitForURL(/callback/);
    await page.context().close();
  });

  test.each(['accept', 'cancel'])('asks for consent: %s', async (choice) => {
    const { page } = await open();
    const clientId = identity.directory.app('timid')?.clientId ?? '';
    const user = choice === 'accept' ? /Ada/ : /Bob/;
    await page.goto(address({ client_id: clientId, scope: `api://${clientId}/read openid` }));
    await page.getByRole('button', { name: user }).click();
    if (choice === 'cancel') {
      await page.getByLabel('Password').fill('secret of bob');
      await page.getByRole('button', { name: 'Sign in' }).click();
    }
    await page.getByRole('button', { name: new RegExp(choice, 'i') }).click();
    await page.waitForURL(/callback/);
    expect(new URL(page.url()).searchParams.get('error')).toBe(choice === 'cancel' ? 'access_denied' : null);
    await page.context().close();
  });

  test('hands the code over by a form when asked to', async () => {
    const { page, problems } = await open();
    await page.goto(address({ response_mode: 'form_post' }));
    await page.getByRole('button', { name: /Ada/ }).click();
    await page.waitForURL(/callback/);
    expect(await page.locator('body').innerText()).toMatch(/^code=.+&state=some\+state$/);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test.each(['light', 'dark'] as const)('fits a phone and can be read in %s mode', async (colorScheme) => {
    const { page } = await open({ colorScheme, viewport: { width: 320, height: 640 } });
    await page.goto(address());
    const facts = await page.evaluate(`(() => {
      const style = getComputedStyle(document.body);
      const heights = [...document.querySelectorAll('button')].map((button) => button.getBoundingClientRect().height);
      return {
        overflows: document.documentElement.scrollWidth > innerWidth,
        language: document.documentElement.lang,
        isReadable: style.color !== style.backgroundColor,
        smallest: Math.min(...heights),
      };
    })()`);
    expect(facts).toMatchObject({ overflows: false, language: 'en', isReadable: true });
    expect((facts as { smallest: number }).smallest).toBeGreaterThanOrEqual(44);
    await page.context().close();
  });

  test('takes the code of a device', async () => {
    const { page } = await open();
    const answer = await fetch(`${identity.signInOrigin}/common/oauth2/v2.0/devicecode`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: identity.directory.defaultApp.clientId, scope: 'openid' }),
    });
    const { user_code: code, verification_uri: uri } = (await answer.json()) as Record<string, string>;
    await page.goto(uri ?? '');
    await page.getByLabel(/Code/).fill('WRONG');
    await page.getByRole('button', { name: 'Next' }).click();
    expect(await page.getByRole('alert').innerText()).toContain('didn’t work');
    await page.getByLabel(/Code/).fill(code ?? '');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('button', { name: /Ada/ }).click();
    expect(await page.getByRole('status').innerText()).toContain('go back to your device');
    await page.context().close();
  });
});
