import type { AnswerMessage } from '../answer/answer-input.ts';
import { cachedPart } from '../chat/prompt-cache.ts';
import { countPrompt } from '../chat/usage.ts';
import { conversationOf } from '../conversations/conversation-store.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import { checkValue, refuse } from '../service/parameter.ts';
import { checkToolTurns, readItems, type Item } from './items.ts';
import { readMessages, textOf } from './read-messages.ts';
import { readTools } from './response-tools.ts';
import { history, responseStore, type StoredResponse } from './response-store.ts';

/** A prompt: the items of a request and the conversation before them. */
export interface Prompt {
  /** Items that this request adds. */
  readonly input: readonly Item[];
  /** These, and what was said before them. */
  readonly items: readonly Item[];
  readonly previous: StoredResponse | undefined;
  readonly conversation: string | undefined;
  readonly messages: readonly AnswerMessage[];
  readonly text: () => string;
  /** The text that the prompt cache compares. */
  readonly cachedPart: () => string;
  readonly tools: ReturnType<typeof readTools>;
  readonly tokens: number;
}

type Recall = (id: string) => StoredResponse | undefined;

/** Reads the conversation of a request; refuses one that the model cannot go on with. */
export function readPrompt(request: DeploymentRequest, recall?: Recall): Prompt {
  const prompt = readConversation(request, recall);
  checkToolTurns(prompt.items);
  const { contextTokens } = request.deployment.traits;
  if (prompt.tokens <= contextTokens) return prompt;
  if (request.body['truncation'] === 'auto') return { ...prompt, tokens: contextTokens };
  const message =
    'Your input exceeds the context window of this model. Please adjust your input and try again.';
  throw refuse(message, 'input', 'context_length_exceeded');
}

/** Reads the conversation of a request, which may be one that nobody can go on with. */
export function readConversation(request: DeploymentRequest, recall?: Recall): Prompt {
  const { body } = request;
  const previous = previousOf(request, recall);
  const conversation = conversationOf(request);
  const before = conversation?.items ?? history(previous);
  const input = readItems(body['input'], request, (id) => findItem(request, before, id));
  const items = [...before, ...input];
  const instructions = instructionsOf(body['instructions']);
  const messages = [...instructions, ...readMessages(items, request)];
  const tools = readTools(body);
  const toolsText = tools.echo.length > 0 ? JSON.stringify(tools.echo) : '';
  let joined: string | undefined;
  return {
    input,
    items,
    previous,
    conversation: conversation?.id,
    messages,
    text: () => (joined ??= messages.map((each) => each.text).join('\n')),
    cachedPart: () => cachedPart(messages, toolsText),
    tools,
    tokens: countPrompt(messages, toolsText),
  };
}

/** The response that a request continues, if it names one. */
export function previousOf(
  { body, resource }: Pick<DeploymentRequest, 'body' | 'resource'>,
  recall?: Recall,
): StoredResponse | undefined {
  const id = body['previous_response_id'];
  if (typeof id !== 'string') return undefined;
  const stored = recall?.(id) ?? resource.state(responseStore).responses.get(id);
  if (stored !== undefined) return stored;
  const message = `Previous response with id '${id.slice(0, 200)}' not found.`;
  throw refuse(message, 'previous_response_id', 'previous_response_not_found');
}

function findItem({ resource }: DeploymentRequest, before: readonly Item[], id: string): Item | undefined {
  return before.find((item) => item.id === id) ?? resource.state(responseStore).items.get(id);
}

function instructionsOf(sent: unknown): AnswerMessage[] {
  if (sent === undefined || sent === null || sent === '') return [];
  if (!Array.isArray(sent)) checkValue(sent, 'instructions', { type: 'string' });
  const text = Array.isArray(sent)
    ? sent.map((item: unknown) => textOf((item as Item)['content'])).join('\n')
    : textOf(sent);
  return [{ role: 'system', text }];
}
