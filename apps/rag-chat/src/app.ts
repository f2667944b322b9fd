import { connectAzure, type AzureOptions } from './azure.ts';
import { createSignIn } from './sign-in.ts';
import { createSite, type SiteOptions } from './site.ts';

export interface AppOptions extends AzureOptions, Pick<SiteOptions, 'log'> {
  /** @default 0, any free port */
  readonly port?: number;
}

/** Starts the whole app. */
export async function startApp({ port = 0, log, ...options }: AppOptions = {}) {
  const azure = await connectAzure(options);
  const site = createSite({
    signIn: createSignIn(azure.settings),
    publicUrl: azure.settings.PUBLIC_URL,
    describe: () => ({ isMock: azure.mock !== undefined }),
    ...(log && { log }),
  });
  const running = await site.listen(port, async () => azure.close());
  return { ...running, azure };
}
