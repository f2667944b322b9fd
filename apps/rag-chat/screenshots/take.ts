// Takes the pictures of the README from a real browser: `npm run screenshots`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { startApp } from '../src/app.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const dataFolder = mkdtempSync(join(tmpdir(), 'rag-chat-pictures-'));
const app = await startApp({ env: {}, dataFolder });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});

const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
try {
  for (const [size, viewport] of Object.entries(sizes))
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({
        viewport,
        colorScheme,
        deviceScaleFactor: size === 'phone' ? 2 : 1,
      });
      await walk(await context.newPage(), (name) => join(here, `${name}-${size}-${colorScheme}.png`));
      await context.close();
    }
} finally {
  await browser.close();
  await app.close();
  rmSync(dataFolder, { recursive: true, force: true });
}

/** One person's way through the app, with a picture at each stop. */
async function walk(page: Page, path: (name: string) => string): Promise<void> {
  await page.goto(app.url);
  await page.getByRole('link', { name: 'Sign in' }).waitFor();
  await page.screenshot({ path: path('1-welcome') });
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: /Ada/ }).click();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.screenshot({ path: path('2-start') });
  await ask(page, 'How long is parental leave, and whom do I tell?');
  await ask(page, 'How much may a hotel cost in Oslo?');
  await page.screenshot({ path: path('3-answer') });
  await page.locator('.cite').last().click();
  await page.getByRole('dialog').waitFor();
  await page.waitForTimeout(200);
  await page.screenshot({ path: path('4-citation') });
  await page.getByRole('button', { name: 'Open the document' }).click();
  await page.locator('.lines').waitFor();
  await page.waitForTimeout(200);
  await page.screenshot({ path: path('5-document') });
  await page.getByRole('button', { name: 'Close' }).click();
  await ask(page, 'Which moon of Jupiter is the largest?');
  await page.screenshot({ path: path('6-not-found') });
}

async function ask(page: Page, question: string): Promise<void> {
  await page.getByLabel('Your question').fill(question);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
  await page.getByRole('heading', { level: 2, name: question }).waitFor();
  await page.locator('article[aria-busy="false"]').last().waitFor();
  await page.waitForTimeout(300);
}
