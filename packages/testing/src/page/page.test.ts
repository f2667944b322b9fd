import type { Config } from '@aoai/config';
import axe from 'axe-core';
import { findChromium, launchChromium } from '@aoai/vitest/chromium';
import type { Browser, Page } from 'playwright-core';
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { rateLimited } from '../script/throttling.ts';
import { startMockAzure, type MockAzure, type MockAzureOptions } from '../start-mock-azure.ts';

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

  test('opens a request on demand: what was asked, what was answered and why, without secrets', async () => {
    await start();
    azure.reply('chat', 'From the script.');
    azure.fail('ptu', rateLimited({ retryAfterMs: 500 }));
    await say('a private matter');
    await say('Hello', 'gpt-4.1-ptu');
    await say('Hello', 'nope');
    await say(`My key is ${azure.apiKey}`);
    const detail = async (number: number) =>
      (await (await fetch(`${azure.endpoint}/_mock/requests/${number}`)).json()) as Record<string, string>;
    const scripted = await detail(1);
    expect(scripted['request']).toContain('POST /openai/v1/chat/completions\n');
    expect(scripted['request']).toContain('api-key: ***');
    expect(scripted['request']).toContain('a private matter');
    expect(scripted['answer']).toMatch(/^200\n[^]*"content": "From the script\."/);
    expect(scripted['reason']).toBe('A reply was scripted for it.');
    expect((await detail(2))['reason']).toBe('Throttle (429) was armed for it.');
    expect((await detail(3))['reason']).toContain('The API deployment for this resource does not exist.');
    expect((await detail(4))['reason']).toBe('The mock answered by itself.');
    expect(JSON.stringify(await detail(4))).not.toContain(azure.apiKey);
    expect((await fetch(`${azure.endpoint}/_mock/requests/9`)).status).toBe(404);
    expect(azure.requests().map(({ response }) => response?.cause)).toEqual([
      'reply',
      'rateLimited',
      undefined,
      undefined,
    ]);
  });

  test.each([
    ['at once', {}],
    ['slowly', { latency: { firstTokenMs: 1, tokensPerSecond: 1000 } }],
  ])('opens an answer that was streamed %s', async (_, options) => {
    await start(options);
    await fetch(`${azure.endpoint}/openai/v1/chat/completions`, {
      method: 'POST',
      headers: { 'api-key': azure.apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4.1', stream: true, messages: [{ role: 'user', content: 'Hi' }] }),
    }).then(async (response) => response.text());
    const { answer = '' } = (await (await fetch(`${azure.endpoint}/_mock/requests/1`)).json()) as {
      answer?: string;
    };
    expect(answer).toContain('data: {"choices":[');
    expect(answer).toContain('data: [DONE]');
  });

  test('shows what is armed, and takes it back', async () => {
    await start();
    azure.fail('chat', rateLimited(), { times: 2 });
    azure.fail('*', rateLimited(), { rate: 0.5 });
    const armed = async () =>
      ((await (await fetch(`${azure.endpoint}/_mock/state`)).json()) as { armed: { id: number }[] }).armed;
    expect(await armed()).toEqual([
      { id: 1, target: 'chat', fault: 'Throttle (429)', left: 2, rate: 1 },
      { id: 2, target: '*', fault: 'Throttle (429)', left: null, rate: 0.5 },
    ]);
    const disarm = async (id: unknown) =>
      statusOf(
        '/_mock/disarm',
        { host: new URL(azure.endpoint).host, 'content-type': 'application/json' },
        JSON.stringify({ id }),
      );
    expect(await disarm(2)).toBe(200);
    expect(await disarm(2)).toBe(400);
    expect(await disarm('x')).toBe(400);
    expect(await armed()).toMatchObject([{ id: 1 }]);
    expect(await say()).toBe(429);
    expect(await armed()).toMatchObject([{ id: 1, left: 1 }]);
    await disarm(1);
    expect(await say()).toBe(200);
    expect(() => {
      azure.assertConsumed();
    }).not.toThrow();
  });

  test('groups what was found again and again, with the last of it', async () => {
    await start();
    for (let call = 0; call < 3; call += 1) await say('Hello', 'nope');
    const { findings } = (await (await fetch(`${azure.endpoint}/_mock/state`)).json()) as {
      findings: { rule: string; count: number; message: string }[];
    };
    expect(findings.find(({ rule }) => rule === 'unknown-deployment')).toMatchObject({
      count: 3,
      message: expect.stringContaining('Request 3 called') as string,
    });
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
    expect(await page.locator('#requests .status').first().textContent()).toBe('429');
    expect(await page.locator('#requests .took').first().textContent()).toMatch(/^\d+ ms$/);
    expect(await card.locator('.state').textContent()).toMatch(/^\d+ % · 1 × 429$/);
    expect(await card.locator('.marks').getAttribute('d')).toMatch(/^M[\d.]+,0V12$/);
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
    const button = page.getByRole('button', { name: 'Fail (500) the next request to chat' });
    await button.waitFor();
    for (let step = 0; step < 40; step += 1) {
      await page.keyboard.press('Tab');
      if (await button.evaluate(isFocused)) break;
    }
    await page.keyboard.press('Enter');
    await page.getByText('Fail (500): armed for the next request to chat.').waitFor();
    const armed = page.locator('#deployments .armed li');
    expect(await armed.first().textContent()).toContain('Armed: Fail (500), the next request');
    expect([await say(), await say()]).toEqual([500, 200]);
    await armed.waitFor({ state: 'detached' });
    await button.press('Enter');
    await page.getByRole('button', { name: 'Disarm Fail (500) for chat' }).click();
    await page.getByText('Fail (500): disarmed.').waitFor();
    expect(await say()).toBe(200);
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

  test('shows how to begin, and takes it away when something comes', async () => {
    await start();
    const { page, problems } = await open();
    const line = page.locator('#connection');
    await line.getByText(azure.endpoint, { exact: true }).waitFor();
    await line.getByText(azure.apiKey, { exact: true }).waitFor();
    expect(await line.textContent()).toContain(
      `curl ${azure.endpoint}/openai/v1/chat/completions -H 'api-key: `,
    );
    await say();
    await page.locator('#empty').waitFor({ state: 'hidden' });
    expect(problems).toEqual([]);
    await page.close();
  });

  test('opens a row to what was asked, answered and why, and stays open', async () => {
    await start();
    azure.fail('chat', rateLimited({ retryAfter: 86_400 }));
    await say('What is the weather?');
    const { page, problems } = await open();
    await page.locator('#requests summary').last().click();
    const body = page.locator('#requests .body').last();
    await body.getByText('Throttle (429) was armed for it.').waitFor();
    expect(await body.getByLabel('Request of request 1').textContent()).toContain('What is the weather?');
    expect(await body.getByLabel('Answer of request 1').textContent()).toContain('RateLimitReached');
    await say('One more');
    await say('And one');
    await page.locator('#requests li').nth(2).waitFor();
    expect(await body.isVisible()).toBe(true);
    const finding = page.locator('#findings li');
    expect(await finding.textContent()).toContain('ignored park · chat · 2 times');
    expect(await finding.textContent()).toContain('it had asked for 1 day (retry-after)');
    expect(await finding.locator('code').textContent()).toBe('retry-after');
    expect(problems).toEqual([]);
    await page.close();
  });

  test('remembers the last minute when it is opened again', async () => {
    await start();
    for (let call = 0; call < 3; call += 1) await say();
    const { page } = await open();
    const lately = page.locator('#deployments .lately').first();
    await lately.getByText('3 requests in the last minute').waitFor();
    await page.reload();
    await lately.getByText('3 requests in the last minute').waitFor();
    await page.close();
  });

  test('on a phone requests come first, and deployments that nobody calls are folded', async () => {
    await start();
    for (let call = 0; call < 12; call += 1) await say();
    const { page } = await open({ viewport: { width: 390, height: 800 } });
    await page.locator('#requests li').nth(11).waitFor({ state: 'attached' });
    const top = async (selector: string) => (await page.locator(selector).boundingBox())?.y ?? 0;
    expect(await top('#requests')).toBeLessThan(await top('#deployments'));
    const cards = page.locator('#deployments > li > details');
    expect(await cards.nth(0).getAttribute('open')).toBe('');
    expect(await cards.nth(1).getAttribute('open')).toBeNull();
    expect(await page.locator('#requests > li:visible').count()).toBe(10);
    await page.getByRole('button', { name: 'Show 2 older requests' }).click();
    expect(await page.locator('#requests > li:visible').count()).toBe(12);
    await page.close();
  });

  // Each width and each mode; what a width changes has the colours of the others.
  test.each([
    [390, 'light'],
    [390, 'dark'],
    [820, 'light'],
    [1440, 'dark'],
  ] as const)('has nothing that axe finds, %i pixels wide and %s', async (width, colorScheme) => {
    await start();
    azure.fail('chat', rateLimited());
    await say();
    azure.fail('*', rateLimited(), { rate: 0 });
    await say();
    await say('Hello', 'nope');
    const { page } = await open({ viewport: { width, height: 900 }, colorScheme });
    await page.locator('#requests summary').first().click();
    await page.locator('#requests pre').first().waitFor();
    expect(await page.locator('#summary[role], #summary[aria-live]').count()).toBe(0);
    await page.evaluate(axe.source);
    // Only what is wrong leaves the page: the whole report has every element of it.
    const found = await page.evaluate(async () => {
      const { run } = (globalThis as unknown as { axe: typeof axe }).axe;
      const rules = { 'label-content-name-mismatch': { enabled: true } };
      const { violations } = await run({ resultTypes: ['violations'], rules });
      return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
    });
    expect(found).toEqual([]);
    await shoot(page, `axe-${width}-${colorScheme}`);
    await page.close();
  });

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
