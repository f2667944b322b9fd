import { summarise } from './assist/assist.ts';
import { connectAzure } from './azure.ts';
import type { AzureOptions } from './azure.ts';
import { readNote } from './assist/offline-reader.ts';
import { openClinic } from './open-clinic.ts';
import { addRoutes } from './routes.ts';
import { languageOpinion } from './assist/second-opinion.ts';
import { seed } from './seed.ts';
import { createSignIn } from './sign-in.ts';
import { createSite } from './site.ts';
import type { SiteOptions } from './site.ts';

export interface AppOptions extends AzureOptions, Pick<SiteOptions, 'log'> {
  /** @default 0, any free port */
  readonly port?: number;
}

/** Starts the whole app. On the mock an empty store is filled with the synthetic notes. */
export async function startApp({ port = 0, log, ...options }: AppOptions = {}) {
  const azure = await connectAzure(options);
  // The demo's model; texts that set off the mock's filters are left to them.
  azure.mock?.reply('notes', ({ prompt }) => readNote(prompt), { times: Infinity });
  const language = azure.settings.AZURE_LANGUAGE_ENDPOINT;
  const { clinic, database, close } = openClinic({
    env: azure.settings,
    credential: azure.credential,
    assist: (note, { record }, signal) =>
      summarise(note, { azure: azure.client, record, ...(signal ? { signal } : {}) }),
    ...(language === undefined ? {} : { secondOpinion: languageOpinion(language, azure.credential) }),
  });
  if (azure.mock !== undefined) await seed(clinic, database);
  const site = createSite({
    signIn: createSignIn(azure.settings),
    publicUrl: azure.settings.PUBLIC_URL,
    describe: () => ({ isMock: azure.mock !== undefined }),
    ...(log && { log }),
  });
  addRoutes(site, clinic);
  const running = await site.listen(port, async () => {
    await azure.close();
    close();
  });
  return { ...running, azure, clinic };
}
