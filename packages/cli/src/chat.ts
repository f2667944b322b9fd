import { credentialFromEnv } from '@aoai/auth';
import type { Credential } from '@aoai/auth';
import { createClient } from '@aoai/client';
import type { Client, ClientEvent } from '@aoai/client';
import { catalog, entryOf, resolveName } from '@aoai/config';
import type { Config } from '@aoai/config';
import { exitCode, type ExitCode } from './exit-code.ts';
import { messageOf } from './message-of.ts';
import { paint } from './paint.ts';
import { printableJson } from './printable.ts';
import { concealed } from './secrets.ts';
import { line, type Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';
import { useConfig } from './use-config.ts';

/** Options of `aoai chat`. */
export interface ChatOptions {
  readonly config?: string;
  readonly system?: string;
  readonly maxTokens?: number;
  readonly json?: boolean;
  /** @default `AZURE_OPENAI_API_KEY` when it is set, else Entra ID */
  readonly credential?: Credential;
}

interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

interface Conversation {
  readonly azure: Client;
  readonly name: string;
  readonly usesResponses: boolean;
  readonly options: ChatOptions;
  readonly messages: Message[];
  readonly terminal: Terminal;
  /** The client's event of the last finished call. */
  finished(): CallFinished | undefined;
}

type CallFinished = Extract<ClientEvent, { type: 'call-finished' }>;

/**
 * Streams the answer of a deployment or pool. The prompt is what follows the name, or standard input (`-` stands for it
 * within a prompt); in a terminal without a prompt it is a conversation, line by line.
 */
export async function chat(
  terminal: Terminal,
  [name, ...words]: readonly [string, ...string[]],
  options: ChatOptions,
): Promise<ExitCode> {
  const config = await useConfig(terminal, options.config, { deployment: name });
  const tiers = tiersOf(config, name);
  let finished: CallFinished | undefined;
  const azure: Client = createClient(config, {
    // A person waits at the terminal and can try again, so retries are few.
    retry: { maxRetries: 2 },
    credential: concealed(options.credential ?? credentialFromEnv({ env: terminal.env }), terminal),
    onEvent: (event) => {
      if (event.type === 'call-finished') finished = event;
    },
  });
  const conversation: Conversation = {
    azure,
    name,
    usesResponses: answersResponsesOnly(config, tiers[0]?.[0]?.deployment ?? name),
    options,
    messages: options.system === undefined ? [] : [{ role: 'system', content: options.system }],
    terminal,
    finished: () => finished,
  };
  try {
    return words.length === 0 && terminal.input.isTTY
      ? await converse(conversation)
      : await answerOnce(conversation, words);
  } finally {
    await azure.close();
  }
}

function tiersOf(config: Config, name: string): ReturnType<typeof resolveName> {
  try {
    return resolveName(config, name);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(error.message);
  }
}

function answersResponsesOnly(config: Config, key: string): boolean {
  const operations = entryOf(catalog.models, config.deployments[key]?.model ?? '')?.operations;
  return operations?.length === 1 && operations[0] === 'responses';
}

async function answerOnce(conversation: Conversation, words: readonly string[]): Promise<ExitCode> {
  const wantsInput = words.length === 0 || words.includes('-');
  const input = wantsInput ? (await readAll(conversation.terminal)).trim() : '';
  const prompt = words.length === 0 ? input : words.map((word) => (word === '-' ? input : word)).join(' ');
  if (prompt.trim() === '') {
    line(conversation.terminal.err, 'Nothing to ask: write a prompt after the name, or pipe one in.');
    return exitCode.usage;
  }
  await answer(conversation, prompt);
  return exitCode.ok;
}

async function readAll({ input, signal }: Terminal): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of input) {
    signal.throwIfAborted();
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  }
  signal.throwIfAborted();
  return text + decoder.decode();
}

/** Line after line until the input ends. A failed call does not end the conversation. */
async function converse(conversation: Conversation): Promise<ExitCode> {
  const { terminal } = conversation;
  const colour = paint(terminal.err, terminal.env);
  const ask = () => {
    terminal.err.write(colour('cyan', '> '));
  };
  line(terminal.err, colour('dim', `${conversation.name}: one line is one message. Ctrl-D ends.`));
  ask();
  for await (const prompt of linesOf(terminal)) {
    if (prompt.trim() !== '') {
      try {
        await answer(conversation, prompt);
      } catch (error) {
        if (terminal.signal.aborted) throw error;
        line(terminal.err, colour('red', messageOf(error)));
      }
    }
    ask();
  }
  line(terminal.err);
  return exitCode.ok;
}

async function* linesOf({ input, signal }: Terminal): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of input) {
    signal.throwIfAborted();
    const lines = (
      rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))
    ).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  signal.throwIfAborted();
  if (rest !== '') yield rest;
}

async function answer(conversation: Conversation, prompt: string): Promise<void> {
  const { messages, terminal, options } = conversation;
  const { out, err, env } = terminal;
  const asked: readonly Message[] = [...messages, { role: 'user', content: prompt }];
  let content = '';
  for await (const piece of pieces(conversation, asked)) {
    content += piece;
    if (options.json !== true) out.write(piece);
  }
  // The SDK ends a stream that was aborted as if it were complete.
  terminal.signal.throwIfAborted();
  // Only answered questions are remembered: a failed one can be asked again.
  messages.push({ role: 'user', content: prompt }, { role: 'assistant', content });
  const { usage, cost, deployment } = conversation.finished() ?? {};
  if (options.json === true) {
    line(out, printableJson(JSON.stringify({ name: conversation.name, deployment, content, usage, cost })));
    return;
  }
  line(out);
  if (usage === undefined) return;
  const price = cost === undefined ? '' : `, cost ${cost.toPrecision(2)}`;
  const cached = usage.cachedInputTokens > 0 ? ` (${usage.cachedInputTokens} cached)` : '';
  line(
    err,
    paint(err, env)(
      'dim',
      `${deployment ?? ''}: ${usage.inputTokens} tokens in${cached}, ${usage.outputTokens} out${price}`,
    ),
  );
}

async function* pieces(
  conversation: Conversation,
  messages: readonly Message[],
): AsyncGenerator<string, void, undefined> {
  const { azure, name, options, terminal } = conversation;
  const { signal } = terminal;
  if (conversation.usesResponses) {
    const limit = options.maxTokens === undefined ? {} : { max_output_tokens: options.maxTokens };
    const events = await azure.responses.create(
      { model: name, input: [...messages], stream: true, store: false, ...limit },
      { signal },
    );
    for await (const event of events) if (event.type === 'response.output_text.delta') yield event.delta;
    return;
  }
  const limit = options.maxTokens === undefined ? {} : { max_completion_tokens: options.maxTokens };
  const chunks = await azure.chat.completions.create(
    { model: name, messages: [...messages], stream: true, stream_options: { include_usage: true }, ...limit },
    { signal },
  );
  for await (const { choices } of chunks) yield choices[0]?.delta.content ?? '';
}
