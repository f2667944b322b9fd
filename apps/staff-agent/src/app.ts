import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { createApprovals } from './agent/approvals.ts';
import { connectAzure } from './azure.ts';
import type { AzureOptions } from './azure.ts';
import { openDatabase } from './database.ts';
import { loadPeople } from './tool-servers/directory/people.ts';
import type { Limits } from './agent/limits.ts';
import { openReports } from './tool-servers/expenses/reports.ts';
import { offlineModel } from './offline-model.ts';
import { addRoutes } from './routes.ts';
import { createRuns } from './agent/runs.ts';
import { createSignIn } from './sign-in.ts';
import { createSite } from './site.ts';
import type { SiteOptions } from './site.ts';
import { listen, toolApis, toolServers } from './tool-servers/tool-servers.ts';
import { connectTools } from './agent/tools.ts';
import { createTrail } from './agent/trail.ts';

export interface AppOptions extends AzureOptions, Pick<SiteOptions, 'log'> {
  /** @default 0, any free port */
  readonly port?: number;
  readonly limits?: Limits;
  /** Answers in place of the model while there is no Azure. */
  readonly offline?: typeof offlineModel;
}

/** Starts the whole app: the page, the agent, and the tool servers unless `TOOLS_URL` says where they are. */
export async function startApp({
  port = 0,
  log,
  limits,
  offline = offlineModel,
  ...options
}: AppOptions = {}) {
  const azure = await connectAzure(options);
  azure.mock?.reply(
    'agent',
    ({ body }) => offline((body as { messages: ChatCompletionMessageParam[] }).messages),
    { times: Infinity },
  );
  const { settings } = azure;
  const folder = settings.DATA_FOLDER ?? fileURLToPath(new URL('../.data', import.meta.url));
  const database = openDatabase(folder === ':memory:' ? folder : join(folder, 'agent.db'));
  const apis = toolApis(settings);
  const reports = openReports(database);
  const tools =
    settings.TOOLS_URL === undefined
      ? await listen(
          toolServers({
            authority: settings.SIGN_IN_AUTHORITY ?? '',
            apis,
            data: { reports, people: loadPeople() },
          }),
        )
      : undefined;
  const signIn = createSignIn(settings);
  const approvals = createApprovals(database);
  const site = createSite({
    signIn,
    publicUrl: settings.PUBLIC_URL,
    describe: () => ({ isMock: azure.mock !== undefined }),
    ...(log && { log }),
  });
  addRoutes(site, {
    azure: azure.client,
    runs: createRuns(database),
    approvals,
    trail: createTrail(database),
    ...(limits && { limits }),
    connect: (session, signal) =>
      connectTools({
        url: settings.TOOLS_URL ?? tools?.url ?? '',
        apis,
        credential: signIn.onBehalfOf(session),
        signal,
      }),
  });
  const running = await site.listen(port, async () => {
    await tools?.close();
    await azure.close();
    database.close();
  });
  return { ...running, azure, reports, approvals, database, toolsUrl: settings.TOOLS_URL ?? tools?.url };
}
