/// <reference lib="dom" />
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findChromium, launchChromium, startRunning } from './running.ts';

let app: Awaited<ReturnType<typeof startRunning>>;
let browser: Browser;

beforeAll(async () => {
  app = await startRunning();
  if (findChromium() !== undefined) browser = await launchChromium();
});
afterAll(async () => {
  await (browser as Browser | undefined)?.close();
  await app.stop();
});

async function pageOf(name: string, options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
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
    const { violations } = await run({ resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
}

const withBrowser = test.runIf(findChromium() !== undefined);

withBrowser(
  'a clinician reads what will be sent, hides a word, gets a draft with evidence and signs it',
  async () => {
    const page = await pageOf('Ada Marsh');
    await page.getByRole('link', { name: /Margaret O'Hara/ }).click();
    await page.getByRole('button', { name: 'Summarise…' }).click();
    const sent = page.locator('.text.sent');
    await sent.getByText('[NAME_1]').first().waitFor();
    expect(await sent.textContent()).not.toContain("O'Hara");
    await page.evaluate(() => {
      const words = document.createTreeWalker(
        document.querySelector('.note .text') ?? document.body,
        NodeFilter.SHOW_TEXT,
      );
      for (let node = words.nextNode(); node !== null; node = words.nextNode()) {
        const at = node.textContent?.indexOf('consolidation') ?? -1;
        if (at >= 0) getSelection()?.setBaseAndExtent(node, at, node, at + 13);
      }
    });
    await page.getByRole('button', { name: 'Hide the selected words' }).click();
    await expect.poll(() => sent.textContent()).not.toContain('consolidation');
    expect(await findings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Send this' }).click();
    await page.getByText('Draft, not signed').waitFor();
    await page.getByRole('button', { name: /Show the words for Pneumonia/ }).click();
    expect(await page.locator('mark').textContent()).toBe('community-acquired pneumonia');
    expect(await findings(page)).toEqual([]);
    await page.getByLabel('Text of the summary').fill('Pneumonia, treated at home.');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByRole('button', { name: 'Sign', exact: true }).click();
    await page.getByText('Signed', { exact: true }).waitFor();
    await page.getByText('Pneumonia, treated at home.').waitFor();
    await page.close();
  },
);

withBrowser(
  'emergency access asks for a reason, shows a banner, and waits for the privacy officer; by keyboard alone',
  async () => {
    const page = await pageOf('Bob Stone', { viewport: { width: 320, height: 700 }, colorScheme: 'dark' });
    await page.getByLabel('Find by name').fill('Margaret');
    await page.getByRole('button', { name: /Emergency access to Margaret/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('needs a reason').waitFor();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.type('Found unconscious in the hall, 4B does not answer');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Emergency access until').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    expect(await findings(page)).toEqual([]);
    await page.close();
    const officer = await pageOf('Pia Grove');
    await officer.getByText('Found unconscious in the hall').waitFor();
    await officer.getByText('The chain is whole').waitFor();
    expect(await findings(officer)).toEqual([]);
    await officer.getByRole('button', { name: /Looked at/ }).click();
    await officer.getByText('Nothing is waiting.').waitFor();
    await officer.close();
  },
);
