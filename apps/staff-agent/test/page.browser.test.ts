/// <reference lib="dom" />
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findChromium, launchChromium, startRunning } from './running.ts';
import type { Running } from './running.ts';

let app: Running;
let browser: Browser;

beforeAll(async () => {
  app = await startRunning();
  if (findChromium() !== undefined) browser = await launchChromium();
});
afterAll(async () => {
  await (browser as Browser | undefined)?.close();
  await app.close();
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
  'by keyboard alone: ask, read exactly what would happen, decline; approve after a reload',
  async () => {
    const page = await pageOf('Ada Marsh');
    expect(await findings(page)).toEqual([]);
    await page.getByLabel('Your question').focus();
    await page.keyboard.type('Approve E-4');
    await page.keyboard.press('Enter');
    const card = page.getByRole('region', { name: 'Approve expense report?' });
    await card.getByText('Approves E-4: Conference ticket, 588.50 EUR, to be paid to Bob Stone.').waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Decline');
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByText('The person declined. Nothing was done.').waitFor();
    expect(app.reports.byId('E-4')?.state).toBe('submitted');
    await page.getByLabel('Your question').fill('Approve E-4');
    await page.keyboard.press('Enter');
    await card.waitFor();
    await page.reload();
    await card.getByText(/left to decide/).waitFor();
    await card.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('E-4: Conference ticket, 588.50 EUR, Bob Stone, approved.').waitFor();
    expect(app.reports.byId('E-4')?.state).toBe('approved');
    const steps = page.getByRole('complementary', { name: 'What was done' });
    await steps.getByText('You approved').waitFor();
    expect(await findings(page)).toEqual([]);
    await page.close();
  },
);

withBrowser(
  'on a phone, in the dark: a refusal in plain words, steps folded, nothing wider than the screen',
  async () => {
    const page = await pageOf('Bob Stone', { viewport: { width: 320, height: 640 }, colorScheme: 'dark' });
    await page.getByLabel('Your question').fill('Approve E-12');
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.locator('.message').getByText('the role Approver is missing').waitFor();
    await page.getByRole('button', { name: /Show \d+ steps/ }).click();
    await page.getByText('Refused by approve_expense_report').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    expect(await findings(page)).toEqual([]);
    await page.goto(`${app.url}/trail`);
    await page.getByText('Refused by approve_expense_report').waitFor();
    expect(await findings(page)).toEqual([]);
    await page.close();
  },
);
