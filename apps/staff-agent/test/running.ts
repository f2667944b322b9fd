// The whole app over HTTP with a store of its own, and what a test asks of it.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import type { RunEvent } from '../src/agent/agent.ts';
import type { Approval } from '../src/agent/approvals.ts';
import { buildPage } from './built-page.ts';
import { startApp } from '../src/app.ts';
import type { AppOptions } from '../src/app.ts';
import { signedIn } from './visitor.ts';
import type { Visitor } from './visitor.ts';

/** Builds the page when it is not there, and starts the app on the mock. `folder` survives a restart. */
export async function startRunning(options: AppOptions & { readonly folder?: string } = {}) {
  const { folder = ':memory:', ...rest } = options;
  await buildPage();
  const lines: Readonly<Record<string, unknown>>[] = [];
  const env = { ...process.env, DATA_FOLDER: folder, ...rest.env };
  const app = await startApp({ ...rest, env, log: (line) => lines.push(line) });
  return { ...app, lines, person: async (user: string) => personOf(await signedIn(app.url, user)) };
}

export type Running = Awaited<ReturnType<typeof startRunning>>;

/** What happened in answer to one request. */
interface Happened {
  readonly status: number;
  readonly run: string;
  readonly events: readonly RunEvent[];
  readonly text: string;
  readonly approvals: readonly Approval[];
  /** `tool approve_expense_report refused` */
  readonly steps: readonly string[];
}

function personOf(visitor: Visitor) {
  const happened = async (response: Response): Promise<Happened> => {
    const events = (await response.text())
      .split('\n')
      .filter((line) => line.startsWith('data:'))
      .map((line) => JSON.parse(line.slice(5)) as RunEvent);
    return {
      status: response.status,
      run: response.headers.get('x-run') ?? '',
      events,
      text: events.map((event) => (event.type === 'text' ? event.text : '')).join(''),
      approvals: events.flatMap((event) => (event.type === 'approval' ? [event.approval] : [])),
      steps: events.flatMap((event) =>
        event.type === 'entry' ? [`${event.entry.what} ${event.entry.name} ${event.entry.status}`] : [],
      ),
    };
  };
  return {
    visitor,
    ask: async (question: string, run?: string) =>
      happened(await visitor.post('/api/ask', { question, ...(run === undefined ? {} : { run }) })),
    decide: async ({ id, hash }: Pick<Approval, 'id' | 'hash'>, approve = true) => {
      const response = await visitor.post(`/api/approvals/${id}`, { hash, approve });
      return { status: response.status, body: (await response.json()) as { error?: string; code?: string } };
    },
    goOn: async (run: string) => happened(await visitor.post(`/api/runs/${run}/go-on`)),
  };
}

export type PersonAtWork = ReturnType<typeof personOf>;

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
