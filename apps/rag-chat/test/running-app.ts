import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp, type AppOptions } from '../src/app.ts';
import { connectAzure } from '../src/azure.ts';
import { openHandbook } from '../src/open-handbook.ts';
import type { Visitor } from './visitor.ts';

export type Store = 'SQLite' | 'Azure AI Search';

/** The app on the mock, with a data folder of its own. */
export async function runApp(store: Store = 'SQLite', options: AppOptions = {}) {
  const dataFolder = mkdtempSync(join(tmpdir(), 'rag-chat-test-'));
  if (store === 'SQLite') {
    const app = await startApp({ env: {}, dataFolder, ...options });
    return {
      ...app,
      mock: app.azure.mock,
      dataFolder,
      close: closing(app, dataFolder),
    };
  }
  // A mock that stands apart: the app knows it by its environment alone.
  const azure = await connectAzure({ env: {}, ...options });
  const { mock } = azure;
  const env = {
    AZURE_OPENAI_ENDPOINT: mock?.endpoint,
    ...mock?.identity.signInEnv(),
    MICROSOFT_GRAPH_ENDPOINT: mock?.graph.endpoint,
    AZURE_SEARCH_ENDPOINT: mock?.search.endpoint,
  };
  const settings = { ...azure.settings, ...env };
  const handbook = await openHandbook({ ...azure, settings }, { dataFolder });
  await handbook.ingest();
  const app = await startApp({ dataFolder, ...options, azure: { ...azure, settings } });
  return { ...app, mock, dataFolder, close: closing(app, dataFolder) };
}

function closing(app: { readonly close: () => Promise<void> }, folder: string): () => Promise<void> {
  return async () => {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  };
}

export type RunningApp = Awaited<ReturnType<typeof runApp>>;

export interface Answer {
  readonly id: string;
  readonly text: string;
  readonly state: string;
  readonly cited: readonly number[];
  readonly sources: readonly { readonly id: string; readonly document: string; readonly text: string }[];
  readonly followUps: readonly string[];
  readonly events: readonly string[];
  /** All that came over the wire. */
  readonly raw: string;
}

/** Asks and reads the whole answer. */
export async function ask(person: Visitor, question: string, conversation?: string): Promise<Answer> {
  const response = await person.post('/api/ask', { question, conversation });
  const raw = await response.text();
  const events = [...raw.matchAll(/^data: (.*)$/gm)].map(([, json = '{}']) => JSON.parse(json) as Event);
  const of = (type: string) => events.filter((event) => event.type === type);
  const [end] = of('end');
  return {
    id: String(of('turn')[0]?.id),
    text: of('text')
      .map(({ text = '' }) => text)
      .join(''),
    state: String(end?.state),
    cited: end?.cited ?? [],
    sources: of('sources')[0]?.sources ?? [],
    followUps: of('follow-ups')[0]?.questions ?? [],
    events: events.map(({ type }) => type),
    raw,
  };
}

interface Event extends Partial<Pick<Answer, 'id' | 'text' | 'state' | 'cited' | 'sources'>> {
  readonly type: string;
  readonly questions?: readonly string[];
}
