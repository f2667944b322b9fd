import type { Credential } from '@aoai/auth';
import { createClient, responsesSocket } from '@aoai/client';
import type { Client } from '@aoai/client';
import { defineConfig } from '@aoai/config';
import type { Config } from '@aoai/config';
import type OpenAI from 'openai';

type Print = (line: string) => void;

/** Turns of a conversation over connections that are kept open. */
export async function turns<Name extends string>(
  config: Config<Name>,
  { model, ...more }: { readonly model: Name; readonly credential: Credential },
  print: Print,
): Promise<void> {
  //#region socket
  const azure = createClient(config, { transport: responsesSocket(), ...more });
  const first = await azure.responses.create({ model, input: 'Name a colour.', store: false });
  // Over the same connection, which has the first answer in its memory: nothing is stored.
  const second = await azure.responses.create({
    model,
    input: 'And its opposite?',
    store: false,
    previous_response_id: first.id,
  });
  print(second.output_text);
  await azure.close();
  //#endregion
}

/** A pool in which a call that is too long, or filtered, is not at its end. */
export function leadOn(): Config<'short' | 'long' | 'chat'> {
  //#region lead-on
  const config = defineConfig({
    resources: { sweden: { endpoint: 'https://contoso-se.openai.azure.com' } },
    deployments: {
      short: { resource: 'sweden', deployment: 'gpt-oss-120b', contentFilter: 'strict' },
      long: { resource: 'sweden', deployment: 'gpt-5.6-luna', contentFilter: 'mild' },
    },
    pools: {
      chat: {
        tiers: [['short'], ['long']],
        leadOn: ['context_length_exceeded', 'content_filter'],
      },
    },
  });
  //#endregion
  return config;
}

/** A conversation that carries encrypted reasoning with it. */
export async function stateless(azure: Client<'chat'>, print: Print): Promise<void> {
  //#region encrypted
  const include = ['reasoning.encrypted_content' as const];
  const ask = (input: OpenAI.Responses.ResponseInput) =>
    azure.responses.create({ model: 'chat', store: false, include, input });
  const first = await ask([{ role: 'user', content: 'Name a colour.' }]);
  // Only the resource that made the reasoning can read it: the call goes there, and waits for it if it must.
  const before = first.output as OpenAI.Responses.ResponseInput;
  const second = await ask([...before, { role: 'user', content: 'And its opposite?' }]);
  print(second.output_text);
  //#endregion
}
