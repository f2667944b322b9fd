import type { Config } from '@aoai/config';
import { findChromium, launchChromium } from '@aoai/vitest/chromium';
import type { Browser, Page } from 'playwright-core';
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { startMockAzure, type MockAzure, type MockAzureOptions } from '../start-mock-azure.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const deployment = { resource: 'sweden', model: 'gpt-4.1', sku: 'GlobalStandard', tags: {} };
const config: Config<'chat' | 'ptu'> = {
  names: ['chat', 'ptu'],
  resources: {
    sweden: {
      endpoint: 'https://contoso.openai.azure.com',
      basePath: '',
      api: 'v1',
      cloud: 'public',
      keyHeader: 'api-key',
      tags: {},
    },
  },
  deployments: {
    chat: { ...deployment, deployment: 'gpt-4.1', limits: { tpm: 10_000, rpm: 60 } },
    ptu: { ...deployment, deployment: 'gpt-4.1-ptu', sku: 'GlobalProvisionedManaged', limits: { ptu: 15 } },
  },
  pools: {},
  policy: {},
};

let azure: MockAzure<'chat' | 'ptu'>;

async function start(options: MockAzureOptions<'chat' | 'ptu'> = {}): Promise<void> {
  azure = await startMockAzure({ config, ...options });
}

afterEach(async () => {
  await azure.close();
});

async function say(content = 'Hello', model = 'gpt-4.1'): Promise<number> {
  const response = await fetch(`${azure.endpoint}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'api-key': azure.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content }] }),
  });
  await response.text();
  return response.status;
}

/** The status of a request with headers that `fetch` would not send. */
async function statusOf(
  path: string,
  headers: Record<string, string>,
  body?: string,
): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const { port } = new URL(azure.endpoint);
  const outgoing = request(
    { port, path, headers, method: body === undefined ? 'GET' : 'POST' },
    (incoming) => {
      incoming.resume();
      resolve(incoming.statusCode);
    },
  );
  outgoing.on('error', reject).end(body);
  return promise;
}

describe('the page', () => {
  test('is no request to Azure, and shows neither bodies nor keys', async () => {
    await start();
    await say('a private matter');
    const state = await (await fetch(`${azure.endpoint}/_mock/state`)).text();
    expect(state).toContain('POST /openai/v1/chat/completions');
    expect(state).not.toContain('a private matter');
    expect(state).not.toContain(azure.apiKey);
    expect(azure.requests()).toHaveLength(1);
    expect(azure.verdict()).toEqual([]);
  });

  test('is for this machine and its own names only', async () => {
    await start();
    const { port, host } = new URL(azure.endpoint);
    expect(await statusOf('/_mock/state', { host })).toBe(200);
    expect(await statusOf('/_mock/state', { host: `localhost:${port}` })).toBe(200);
    expect(await statusOf('/_mock/state', { host: `evil.example:${port}` })).toBe(421);
    expect(await statusOf('/_mock/state', { host, origin: 'https://evil.example' })).toBe(403);
    const json = { host, 'content-type': 'application/json' };
    expect(await statusOf('/_mock/fail', { host, 'content-type': 'text/plain' }, '{}')).toBe(415);
    expect(await statusOf('/_mock/fail', { ...json, origin: 'https://evil.example' }, '{}')).toBe(403);
    expect(await statusOf('/_mock/fail', json, '{"deployment":"chat","fault":"nope"}')).toBe(400);
    expect(await statusOf('/_mock/fail', json, '{"deployment":"nope","fault":"error"}')).toBe(400);
    expect(await statusOf('/_mock/fail', json, '[')).toBe(400);
    expect(await statusOf('/_mock/nothing', { host })).toBe(404);
  });

  test('can be switched off', async () => {
    await start({ page: false });
    expect((await fetch(`${azure.endpoint}/_mock`)).status).toBe(404);
  });
});

describe.skipIf(findChromium() === undefined)('in a browser', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
  });

  async function open(
    options: Parameters<Browser['newPage']>[0] = {},
  ): Promise<{ page: Page; problems: string[] }> {
    const page = await browser.newPage(options);
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('request', (sent) => {
      if (!sent.url().startsWith(azure.endpoint) && !sent.url().startsWith('data:'))
        problems.push(sent.url());
    });
    await page.goto(`${azure.endpoint}/_mock`);
    return { page, problems };
  }

  async function shoot(page: Page, name: string): Promise<void> {
    const folder = process.env['SCREENSHOTS'];
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
  }

  test('shows quota, requests and findings as they come, with nothing from elsewhere', async () => {
    await start();
    const { page, problems } = await open({ viewport: { width: 1280, height: 800 } });
    for (let call = 0; call < 11; call += 1) await say(`Question ${call}`);
    const card = page.locator('#deployments li', { hasText: 'chat' }).first();
    await card.getByText('calls 100 % of 10 in 10 s').waitFor();
    await page.locator('#requests li').nth(10).waitFor();
    expect(await page.locator('#requests .status').first().textContent()).toMatch(/^429 · \d+ ms$/);
    await say('Question 12');
    await page.getByText('was sent to "chat"').first().waitFor();
    await page.waitForFunction(
      () =>
        (
          globalThis as unknown as {
            document: {
              querySelector(selector: string): { getAttribute(name: string): string | null } | null;
            };
          }
        ).document
          .querySelector('polyline')
          ?.getAttribute('points')
          ?.includes(' ') === true,
    );
    await shoot(page, 'wide');
    expect(problems).toEqual([]);
    await page.close();
  });

  test('injects a fault by keyboard and says so', async () => {
    await start();
    const { page, problems } = await open();
    const button = page.getByRole('button', { name: 'Fail the next request (chat)' });
    await button.waitFor();
    for (let step = 0; step < 20; step += 1) {
      await page.keyboard.press('Tab');
      if (await button.evaluate(isFocused)) break;
    }
    await page.keyboard.press('Enter');
    await page.getByText('Fail the next request: chat').waitFor();
    expect([await say(), await say()]).toEqual([500, 200]);
    expect(problems).toEqual([]);
    await page.close();
  });

  test.each(['light', 'dark'] as const)(
    'fits a phone in %s mode, with text that can be read',
    async (colorScheme) => {
      await start();
      await say();
      await say('Hello', 'gpt-4.1-ptu');
      await say('Hello', 'nope');
      const { page } = await open({ viewport: { width: 360, height: 740 }, colorScheme });
      await page.locator('#requests li').nth(2).waitFor();
      await shoot(page, `phone-${colorScheme}`);
      const found = await page.evaluate(measure);
      expect(found.overflow).toBeLessThanOrEqual(0);
      expect(found.smallButtons).toEqual([]);
      expect(found.faint).toEqual([]);
      expect(found.isDark).toBe(colorScheme === 'dark');
      await page.close();
    },
  );

  test('says when the mock has gone', async () => {
    await start();
    const { page } = await open();
    await page.getByText('0 requests', { exact: true }).waitFor();
    await azure.close();
    await page.getByText('The mock does not answer.').waitFor();
    await page.close();
    await start();
  });
});

/** Runs in the page: whether the focus is here and visible. */
function isFocused(element: unknown): boolean {
  return (element as { matches(selector: string): boolean }).matches(':focus-visible');
}

/** Runs in the page: finds overflow and low contrast (WCAG 2.2 AA). */
function measure() {
  interface Style {
    color: string;
    backgroundColor: string;
  }
  interface Box {
    left: number;
    right: number;
    width: number;
    height: number;
  }
  interface Item {
    textContent: string | null;
    parentElement: Item | null;
    children: { length: number };
    getBoundingClientRect(): Box;
  }
  const scope = globalThis as unknown as {
    document: {
      documentElement: Item & { scrollWidth: number; clientWidth: number };
      body: Item;
      querySelectorAll(selector: string): Iterable<Item>;
    };
    getComputedStyle(item: Item): Style;
  };
  const numbers = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (color: string) => {
    const [red = 0, green = 0, blue = 0] = numbers(color).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const groundOf = (item: Item | null): string => {
    if (item === null) return 'rgb(255, 255, 255)';
    const { backgroundColor } = scope.getComputedStyle(item);
    return numbers(backgroundColor)[3] === 0 ? groundOf(item.parentElement) : backgroundColor;
  };
  const contrast = (item: Item) => {
    const [a, b] = [luminance(scope.getComputedStyle(item).color), luminance(groundOf(item))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  const items = [...scope.document.querySelectorAll('body *')];
  const texts = items.filter(
    ({ children, textContent }) => children.length === 0 && (textContent ?? '').trim() !== '',
  );
  const root = scope.document.documentElement;
  return {
    overflow: root.scrollWidth - root.clientWidth,
    smallButtons: [...scope.document.querySelectorAll('button')]
      .filter((item) => item.getBoundingClientRect().height < 24)
      .map(({ textContent }) => textContent),
    faint: texts.filter((item) => contrast(item) < 4.5).map(({ textContent }) => textContent),
    isDark: luminance(groundOf(scope.document.body)) < 0.2,
  };
}
