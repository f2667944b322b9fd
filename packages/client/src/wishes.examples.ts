import type { Credential } from '@aoai/auth';
import { BudgetExceededError, createClient, fetchTransport, responsesSocket } from '@aoai/client';
import type { Client, ClientOptions } from '@aoai/client';
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

/** A stream of background work that is cut goes on by itself. */
export async function background(azure: Client<'chat'>, print: Print): Promise<void> {
  //#region background
  const stream = await azure.responses.create({
    model: 'chat',
    input: 'Compare the last three annual reports.',
    background: true,
    stream: true,
  });
  // A connection that breaks is opened again where it was; `create` is sent once.
  for await (const event of stream) {
    if (event.type === 'response.output_text.delta') print(event.delta);
  }
  //#endregion
}

/** A call that a budget has no room for. */
export async function budgeted<Name extends string>(
  config: Config<Name>,
  { model, ...more }: { readonly model: Name; readonly credential: NonNullable<ClientOptions['credential']> },
  print: Print,
): Promise<Client<Name>> {
  //#region budgets
  const azure = createClient(config, {
    budgets: {
      limits: [
        { per: 'month', tokens: 500_000_000 }, // of all calls; `cost` limits money, by the prices of the config
        { tag: 'team', per: 'day', tokens: 5_000_000, warnAt: 0.9 }, // of each team, with an event at 90 %
      ],
    },
    ...more,
  });
  const search = azure.with({ tags: { team: 'search' } });
  try {
    await search.responses.create({ model, input: 'Name a colour.', max_output_tokens: 6_000_000 });
  } catch (error) {
    if (!(error instanceof BudgetExceededError)) throw error;
    print(`${error.tag ?? 'all calls'}: ${error.limit} ${error.unit} per ${error.per}`);
  }
  //#endregion
  return azure;
}

/** One set of parameters for models that take different ones, over the platform's own `fetch`. */
export function anywhere<Name extends string>(config: Config<Name>, more: object): Client<Name> {
  //#region anywhere
  const azure = createClient(config, {
    fit: true, // `max_tokens` becomes `max_completion_tokens` where the model wants it, and so on
    transport: fetchTransport(), // no `undici`: Bun, Deno, workerd
    ...more,
  });
  //#endregion
  return azure;
}
