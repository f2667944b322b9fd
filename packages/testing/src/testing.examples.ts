import { defineConfig } from '@aoai/config';
import { rateLimited, startMockAzure, type MockAzure } from '@aoai/testing';
import { AzureOpenAI } from 'openai';

//#region config
const config = defineConfig({
  resources: { france: { endpoint: 'https://contoso-fr.openai.azure.com', region: 'francecentral' } },
  deployments: {
    chat: {
      resource: 'france',
      deployment: 'gpt-5.6-luna',
      model: 'gpt-5.6-luna',
      sku: 'DataZoneStandard',
      limits: { tpm: 20_000, rpm: 60 },
    },
  },
});
//#endregion

/** A mock of the config. */
export async function start(): Promise<MockAzure<'chat'>> {
  //#region start
  const azure = await startMockAzure({ config, timeScale: 60 }); // a minute of quota passes in one second
  //#endregion
  return azure;
}

/** Replies of every kind, and a fault. */
export function script(azure: MockAzure<'chat'>): void {
  //#region script
  azure.reply('chat', [
    'Plain text',
    { toolCalls: [{ name: 'get_weather', arguments: { city: 'Lisbon' } }] },
    { json: { total: 12.5 } },
    { chunks: ['In ', 'three ', 'pieces'] },
    { text: 'Half of this', contentFilter: { violence: { filtered: true, severity: 'high' } } },
    (request) => `You asked: ${request.prompt}`,
  ]);
  azure.fail('chat', rateLimited({ retryAfterMs: 300 }), { times: 2 });
  //#endregion
}

/** The received requests, and the mistakes of the caller. */
export function look(azure: MockAzure<'chat'>): {
  readonly sent: number;
  readonly findings: readonly unknown[];
} {
  //#region look
  const sent = azure.requests('chat').length;
  const findings = azure.verdict(); // retried before the hint, retried what is final, … empty is good
  azure.assertConsumed(); // throws when a scripted reply or fault was never asked for
  //#endregion
  return { sent, findings };
}

/** A client that signs in with a token. */
export function tokenClient(azure: MockAzure<'chat'>): AzureOpenAI {
  //#region token
  const scope = 'https://cognitiveservices.azure.com/.default';
  const client = new AzureOpenAI({
    endpoint: azure.endpoint,
    apiVersion: '2024-10-21',
    azureADTokenProvider: async () => (await azure.credential().getToken(scope)).token,
  });
  //#endregion
  return client;
}
