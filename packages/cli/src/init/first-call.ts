import { credentialFromEnv } from '@aoai/auth';
import { createClient, type Client } from '@aoai/client';
import type { Config } from '@aoai/config';
import { probeOf } from '../doctor/probe.ts';
import { oneLine } from '../printable.ts';
import { concealed } from '../secrets.ts';
import type { Terminal } from '../terminal.ts';

const prompt = 'Say hello in one short sentence.';

/** The first deployment that a cheap call can be made to; `undefined` when there is none. */
export function callable(config: Config): string | undefined {
  const kinds = ['/chat/completions', '/responses', '/embeddings'];
  return kinds
    .map((path) => config.names.find((name) => pathOf(config, name) === path))
    .find((name) => name !== undefined);
}

/** Makes one call, as a program would. Resolves to the answer. */
export async function firstCall(terminal: Terminal, config: Config, name: string): Promise<string> {
  const azure: Client = createClient(config, {
    // A person waits at the terminal and can try again, so retries are few.
    retry: { maxRetries: 2 },
    credential: concealed(credentialFromEnv({ env: terminal.env }), terminal),
  });
  const { signal } = terminal;
  try {
    return oneLine(await answerOf(azure, { name, path: pathOf(config, name), signal }));
  } finally {
    await azure.close();
  }
}

async function answerOf(
  azure: Client,
  {
    name,
    path,
    signal,
  }: { readonly name: string; readonly path: string | undefined; readonly signal: AbortSignal },
): Promise<string> {
  if (path === '/embeddings') {
    const { data } = await azure.embeddings.create(
      { model: name, input: prompt, encoding_format: 'float' },
      { signal },
    );
    return `a vector of ${data[0]?.embedding.length ?? 0} numbers`;
  }
  if (path === '/responses') {
    const response = await azure.responses.create({ model: name, input: prompt, store: false }, { signal });
    return response.output_text;
  }
  const messages = [{ role: 'user' as const, content: prompt }];
  const { choices } = await azure.chat.completions.create({ model: name, messages }, { signal });
  return choices[0]?.message.content ?? '';
}

function pathOf(config: Config, name: string): string | undefined {
  const deployment = config.deployments[name];
  const resource = config.resources[deployment?.resource ?? ''];
  if (deployment === undefined || resource === undefined) return undefined;
  const probe = probeOf(deployment, resource);
  return typeof probe === 'string' ? undefined : probe.path;
}
