import { createAzure } from '@ai-sdk/azure';
import { DeadlineExceededError, PoolExhaustedError, StreamTruncatedError } from '@aoai/client';
import type { Client } from '@aoai/client';
import { ChatOpenAI } from '@langchain/openai';
import { generateText } from 'ai';
import OpenAI from 'openai';

type Print = (line: string) => void;

/** What can be told from an error, and done about it. */
export async function recover(azure: Client<'chat'>, print: Print): Promise<void> {
  const messages = [{ role: 'user' as const, content: 'Say hello.' }];
  //#region errors
  try {
    for await (const chunk of await azure.chat.completions.create({
      model: 'chat',
      messages,
      stream: true,
    })) {
      print(chunk.choices[0]?.delta.content ?? '');
    }
  } catch (error) {
    if (error instanceof StreamTruncatedError) print(`cut after: ${error.text}`);
    else if (error instanceof PoolExhaustedError)
      print(`come back at ${error.retryAt?.toISOString() ?? 'no time'}`);
    else if (error instanceof DeadlineExceededError) print(`too slow: ${error.attempts} attempts`);
    else if (error instanceof OpenAI.APIError) print(`the service said ${error.status} ${error.code ?? ''}`);
    else throw error;
  }
  //#endregion
}

/** Calls under a tag and a deadline of their own. */
export async function tagged(azure: Client<'chat'>, print: Print): Promise<void> {
  const messages = [{ role: 'user' as const, content: 'Say hello.' }];
  //#region with
  const search = azure.with({ tags: { team: 'search' }, deadlineMs: 10_000 });
  await search.chat.completions.create({ model: 'chat', messages });
  const spent = azure.status().spendingByTag['team=search'];
  print(`${spent?.inputTokens ?? 0} tokens in, ${spent?.outputTokens ?? 0} out`);
  //#endregion
}

/** A timeline of what happens. */
export function timeline(azure: Client, print: Print): () => void {
  //#region observe
  const stop = azure.observe((event) => {
    if (event.type === 'attempt-failed') print(`${event.deployment}: ${event.outcome} ${event.status ?? ''}`);
    if (event.type === 'failover') print(`${event.from} → ${event.to}`);
    if (event.type === 'target-parked')
      print(`${event.deployment} rests until ${new Date(event.untilMs).toISOString()}`);
  });
  //#endregion
  return stop;
}

/** The same resilience under other clients. */
export async function otherClients(azure: Client<'chat'>, print: Print): Promise<void> {
  //#region fetch
  const provider = createAzure({
    baseURL: 'https://any.openai.azure.com/openai', // replaced by what the config says, like the key
    apiKey: 'unused',
    fetch: azure.fetch,
  });
  const { text } = await generateText({ model: provider('chat'), prompt: 'Say hello.', maxRetries: 0 });
  print(text);

  const chat = new ChatOpenAI({
    model: 'chat',
    apiKey: 'unused',
    maxRetries: 0,
    configuration: { baseURL: azure.baseURL, fetch: azure.fetch },
  });
  print((await chat.invoke('Say hello.')).text);
  //#endregion
}
