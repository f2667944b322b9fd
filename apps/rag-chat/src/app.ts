import { join } from 'node:path';
import { tokenProvider } from '@aoai/auth';
import { connectAzure, type Azure, type AzureOptions } from './azure.ts';
import { openHistory } from './history.ts';
import { documentsFolder, openHandbook } from './open-handbook.ts';
import { groupsOf, readAccess, type Reader } from './rights.ts';
import { addRoutes } from './routes.ts';
import type { Session } from './session.ts';
import { createSignIn } from './sign-in.ts';
import { createSite, type SiteOptions } from './site.ts';

export interface AppOptions extends AzureOptions, Pick<SiteOptions, 'log'> {
  /** @default 0, any free port */
  readonly port?: number;
  /** Where it keeps its files. @default `.data/` */
  readonly dataFolder?: string;
  /** What is connected already. */
  readonly azure?: Azure;
}

/** Starts the whole app. */
export async function startApp({ port = 0, log, dataFolder, ...options }: AppOptions = {}) {
  const azure = options.azure ?? (await connectAzure(options));
  const handbook = await openHandbook(azure, dataFolder === undefined ? {} : { dataFolder });
  // Elsewhere `npm run ingest` decides when documents change; the demo is ready at once.
  if (azure.mock !== undefined) await handbook.ingest();
  const history = openHistory(join(handbook.dataFolder, 'history.db'));
  const signIn = createSignIn(azure.settings);
  const access = await readAccess(documentsFolder);

  const readerOf = (session: Session): Reader => ({
    groups: groupsOf(session.person),
    // Azure AI Search is asked with the person's own token, so that it knows who reads. AZURE_SEARCH_AS=app turns that off.
    ...(azure.settings.AZURE_SEARCH_AS !== 'app' && {
      searchToken: tokenProvider(signIn.onBehalfOf(session), { scope: 'https://search.azure.com/.default' }),
    }),
  });
  const site = createSite({
    signIn,
    publicUrl: azure.settings.PUBLIC_URL,
    describe: ({ person }) => ({
      isMock: azure.mock !== undefined,
      groups: access.namesOf(groupsOf(person)),
    }),
    ...(log && { log }),
  });
  addRoutes(site, { handbook, history, readerOf });
  const running = await site.listen(port, async () => {
    history.close();
    await handbook.close();
    await azure.close();
  });
  return { ...running, azure, handbook };
}
