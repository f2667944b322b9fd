// The same agent with a framework. Both call through `azure.fetch`, so names, routing, quotas and retries stay those of the
// config; both hand over a write tool to `approve` before it runs. The app itself does not use this file.
import { createOpenAI } from '@ai-sdk/openai';
import type { Client } from '@aoai/client';
import { Agent, OpenAIProvider, Runner, tool } from '@openai/agents';
import { jsonSchema, stepCountIs, tool as aiTool, ToolLoopAgent } from 'ai';
import OpenAI from 'openai';
import type { ConnectedTool, Tools } from '../src/agent/tools.ts';

export interface RecipeOptions {
  readonly azure: Client<'agent'>;
  readonly tools: Tools;
  /** Asks the person. In the app this is `approvals.ts`, which survives a reload. */
  readonly approve: (tool: string, args: Readonly<Record<string, unknown>>) => Promise<boolean>;
}

type Arguments = Readonly<Record<string, unknown>>;

/** With `@openai/agents`. */
export async function withAgentsSdk(question: string, options: RecipeOptions): Promise<string> {
  const { azure, tools } = options;
  // The key is not sent: `azure.fetch` signs each request with Entra ID.
  const client = new OpenAI({
    baseURL: 'https://aoai.invalid/openai/v1',
    apiKey: 'unused',
    fetch: azure.fetch,
    maxRetries: 0,
  });
  const agent = new Agent({
    name: 'staff agent',
    model: 'agent',
    instructions: 'Use the tools.',
    tools: tools.list.map(({ name, description, parameters }) =>
      tool({
        name,
        description,
        parameters: parameters as {
          type: 'object';
          properties: Record<string, never>;
          required: string[];
          additionalProperties: true;
        },
        strict: false,
        execute: (args) => run(name, args as Arguments, options),
      }),
    ),
  });
  const runner = new Runner({
    modelProvider: new OpenAIProvider({ openAIClient: client, useResponses: false }),
    tracingDisabled: true,
  });
  const { finalOutput } = await runner.run(agent, question, { maxTurns: 8 });
  return finalOutput ?? '';
}

/** With the AI SDK. */
export async function withAiSdk(question: string, options: RecipeOptions): Promise<string> {
  const { azure, tools } = options;
  const provider = createOpenAI({
    baseURL: 'https://aoai.invalid/openai/v1',
    apiKey: 'unused',
    fetch: azure.fetch,
  });
  const agent = new ToolLoopAgent({
    model: provider.chat('agent'),
    instructions: 'Use the tools.',
    stopWhen: stepCountIs(8),
    maxRetries: 0,
    tools: Object.fromEntries(
      tools.list.map(({ name, description, parameters }) => [
        name,
        aiTool({
          description,
          inputSchema: jsonSchema<Arguments>({ ...parameters }),
          execute: (args) => run(name, args, options),
        }),
      ]),
    ),
  });
  const { text } = await agent.generate({ prompt: question });
  return text;
}

async function run(name: string, args: Arguments, { tools, approve }: RecipeOptions): Promise<string> {
  const connected = tools.list.find((each): each is ConnectedTool => each.name === name);
  if (connected?.isWrite === true) {
    const preview = await tools.call(name, args, { isPreview: true });
    if (preview.isError) return preview.text;
    if (!(await approve(name, args))) return 'The person declined. Nothing was done.';
    const answer = await tools.call(name, args, {
      approved: { key: crypto.randomUUID(), shown: preview.text },
    });
    return answer.text;
  }
  return (await tools.call(name, args)).text;
}
