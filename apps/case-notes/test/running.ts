// The whole app over HTTP, with a store of its own.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import { buildPage } from './built-page.ts';
import { startApp } from '../src/app.ts';

/** Builds the page when it is not there, and starts the app on the mock. */
export async function startRunning() {
  await buildPage();
  const folder = mkdtempSync(join(tmpdir(), 'case-notes-app-'));
  const lines: Readonly<Record<string, unknown>>[] = [];
  const app = await startApp({
    env: { ...process.env, DATA_FOLDER: folder },
    log: (line) => lines.push(line),
  });
  return {
    ...app,
    lines,
    folder,
    stop: async () => {
      await app.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A browser of this machine: `CHROMIUM_PATH`, or the first on `PATH`. */
export function findChromium(): string | undefined {
  const names = [
    'chromium-headless-shell',
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
  ];
  const folders = (process.env.PATH ?? '').split(delimiter);
  return (
    process.env.CHROMIUM_PATH ??
    folders.flatMap((folder) => names.map((name) => join(folder, name))).find(existsSync)
  );
}

export async function launchChromium() {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new Error('No Chromium on `PATH`. Set `CHROMIUM_PATH` to its program.');
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
