/// <reference lib="dom" />
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import axe from 'axe-core';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildPage } from './built-page.ts';
import { runApp, type RunningApp } from './running-app.ts';

/** A browser of this machine: `CHROMIUM_PATH`, or the first on `PATH`. */
const executablePath =
  process.env.CHROMIUM_PATH ??
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) =>
      ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'].map((name) =>
        join(folder, name),
      ),
    )
    .find((path) => existsSync(path));

let app: RunningApp;
let browser: Browser;

beforeAll(async () => {
  await buildPage();
  app = await runApp();
  if (executablePath !== undefined)
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
});
afterAll(async () => {
  await (browser as Browser | undefined)?.close();
  await app.close();
});

async function pageOf(name: RegExp, options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
  const page = await browser.newPage(options);
  await page.goto(app.url);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('button', { name }).click();
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}

async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  // Only what is wrong leaves the page: the whole report has every element of it.
  return page.evaluate(async () => {
    const { run } = (globalThis as unknown as { axe: typeof axe }).axe;
    // Popovers stand at the end of the body, outside the landmarks; assistive technology is led into them.
    const rules = { region: { enabled: false } };
    const { violations } = await run({ resultTypes: ['violations'], rules });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
}

const answered = (page: Page) => page.locator('article[aria-busy="false"]').last();
const withBrowser = test.runIf(executablePath !== undefined);

withBrowser(
  'by keyboard alone: ask, open a citation, read the exact words in their document, close it',
  async () => {
    const page = await pageOf(/Ada/);
    expect(await findings(page)).toEqual([]);
    await page.getByLabel('Your question').focus();
    await page.keyboard.type('How long is parental leave, and whom do I tell?');
    await page.keyboard.press('Enter');
    await answered(page).locator('.cite').first().waitFor();
    expect(await findings(page)).toEqual([]);
    await answered(page).locator('.cite').first().focus();
    await page.keyboard.press('Enter');
    const citation = page.getByRole('dialog');
    await citation.locator('mark').first().waitFor();
    expect(await findings(page)).toEqual([]);
    await citation.getByRole('button', { name: 'Open the document' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('.lines mark').first().waitFor();
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.locator('.lines').waitFor({ state: 'detached' });
    await page.close();
  },
);

withBrowser('a conversation is there after a reload, and gone once it is removed', async () => {
  const page = await pageOf(/Chloe/);
  await page.getByRole('button', { name: /hotel cost in Oslo/ }).click();
  await answered(page).waitFor();
  await page.reload();
  const entry = page
    .getByRole('complementary')
    .getByRole('button', { name: 'How much may a hotel cost in Oslo?', exact: true });
  await entry.click();
  await answered(page).locator('.cite').first().waitFor();
  await page.getByRole('button', { name: /Remove “How much may a hotel/ }).click();
  await entry.waitFor({ state: 'detached' });
  await page.reload();
  await page.getByText('Your questions will be listed here, for you alone.').first().waitFor();
  await page.close();
});

withBrowser(
  'somebody without the right reads that no document answers; on a narrow phone, in the dark',
  async () => {
    const page = await pageOf(/Bob/, { viewport: { width: 320, height: 640 }, colorScheme: 'dark' });
    await page.getByLabel('Your question').fill('What are the pay bands for engineers?');
    await page.keyboard.press('Enter');
    await page.getByText('No document that you may read answers this.').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    expect(await findings(page)).toEqual([]);
    await page.close();
  },
);
