// Takes the pictures of the README in a real browser: npm run screenshots.
import { fileURLToPath } from 'node:url';
import { launchChromium, startRunning } from '../test/running.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const app = await startRunning();
const browser = await launchChromium();

async function signIn(name: string, size: keyof typeof sizes, colorScheme: 'light' | 'dark') {
  const page = await browser.newPage({ viewport: sizes[size], colorScheme });
  await page.goto(app.url);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('button', { name }).click();
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}

try {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const size of ['desktop', 'phone'] as const) {
      const shot = (name: string) => `${folder}${name}-${size}-${colorScheme}.png`;
      const page = await signIn('Ada Marsh', size, colorScheme);
      await page.screenshot({ path: shot('patients') });
      await page.getByRole('link', { name: /Margaret O'Hara/ }).click();
      await page.getByRole('button', { name: /Summarise/ }).click();
      await page.locator('.text.sent').waitFor();
      await page.screenshot({ path: shot('preview') });
      await page.getByRole('button', { name: 'Send this' }).click();
      await page.getByText('Draft, not signed').waitFor();
      await page.getByRole('button', { name: /Show the words for Pneumonia/ }).click();
      await page.screenshot({ path: shot('summary') });
      await page.close();
      const emergency = await signIn('Bob Stone', size, colorScheme);
      await emergency.getByLabel('Find by name').fill('Priya');
      await emergency
        .getByRole('button', { name: /Emergency access/ })
        .first()
        .click();
      await emergency.getByLabel('Reason').fill('Collapsed in the hall, the ward does not answer');
      await emergency.screenshot({ path: shot('emergency') });
      await emergency.close();
      const officer = await signIn('Pia Grove', size, colorScheme);
      await officer.getByText('The chain is whole').waitFor();
      await officer.screenshot({ path: shot('audit') });
      await officer.close();
    }
  }
} finally {
  await browser.close();
  await app.stop();
}
