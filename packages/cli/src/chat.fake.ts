import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from '@aoai/config';
import { startMockAzure, type MockAzure } from '@aoai/testing';

/** A mock with a deployment for chat completions and one for responses, and a folder whose config names them. */
export async function startChatMock(): Promise<{
  readonly azure: MockAzure;
  readonly folder: string;
  readonly close: () => Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'aoai-chat-'));
  const deployment = (model: string) =>
    ({ resource: 'sweden', deployment: model, model, sku: 'DataZoneStandard' }) as const;
  const azure = await startMockAzure({
    config: defineConfig({
      resources: { sweden: { endpoint: 'https://contoso.openai.azure.com', region: 'swedencentral' } },
      deployments: {
        chat: { ...deployment('gpt-5.4'), price: { input: 2, output: 10 } },
        pro: deployment('gpt-5.4-pro'),
      },
    }),
  });
  const { resources, deployments } = azure.config;
  await writeFile(join(folder, 'aoai.config.json'), JSON.stringify({ resources, deployments }));
  return {
    azure,
    folder,
    close: async () => {
      await azure.close();
      await rm(folder, { recursive: true });
    },
  };
}
