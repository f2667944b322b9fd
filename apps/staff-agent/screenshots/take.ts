// Takes the pictures of the README in a real browser: npm run screenshots.
import { fileURLToPath } from 'node:url';
import { launchChromium, startRunning } from '../test/running.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const browser = await launchChromium();

try {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const size of ['desktop', 'phone'] as const) {
      const app = await startRunning();
      const shot = (name: string) => `${folder}${name}-${size}-${colorScheme}.png`;
      const signIn = async (name: string) => {
        const page = await browser.newPage({ viewport: sizes[size], colorScheme });
        await page.goto(app.url);
        await page.getByRole('link', { name: 'Sign in' }).click();
        await page.getByRole('button', { name }).click();
        await page.getByRole('heading', { level: 1 }).waitFor();
        return page;
      };
      const ada = await signIn('Ada Marsh');
      await ada.screenshot({ path: shot('start') });
      const ask = async (question: string) => {
        await ada.getByLabel('Your question').fill(question);
        await ada.keyboard.press('Enter');
      };
      await ask('Which expense reports of my team are open?');
      await ada.getByText('E-40').waitFor();
      await ask('Approve E-12');
      await ada.getByText(/left to decide/).waitFor();
      await ada.screenshot({ path: shot('approval') });
      await ada.getByRole('button', { name: 'Approve' }).click();
      await ada.getByText('Bob Stone, approved.').waitFor();
      await ada.goto(`${app.url}/trail`);
      await ada.getByRole('table').waitFor();
      await ada.screenshot({ path: shot('trail') });
      const bob = await signIn('Bob Stone');
      await bob.getByLabel('Your question').fill('Approve E-16');
      await bob.keyboard.press('Enter');
      await bob.locator('.message').getByText('the role Approver is missing').waitFor();
      await bob.screenshot({ path: shot('refusal') });
      await app.close();
    }
  }
} finally {
  await browser.close();
}
