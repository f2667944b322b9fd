import { createClient } from '../../src/index.ts';
import type { Transport } from '../../src/index.ts';
import { logNormal, seeded } from '../oracle/random.ts';
import { virtualTime } from '../oracle/virtual-time.ts';
import type { VirtualTime } from '../oracle/virtual-time.ts';
import { poolOf } from './policies.ts';

/** Conversations that go on over equal deployments. */
export interface Conversations {
  readonly count: number;
  readonly turns: number;
  readonly deployments: number;
  /** All begin with the same instructions, or each with a document of its own. */
  readonly begin: 'alike' | 'apart';
  /** Time between the beginnings of conversations. @default 300 */
  readonly everyMs?: number;
  /** Median time from an answer to the next turn. @default 4_000 */
  readonly thinkMs?: number;
}

/** What a policy made of them. */
export interface CacheFigures {
  /** Share of the input tokens that came from a prompt cache. */
  readonly cached: number;
  /** Calls of the deployment that had most, over the mean. */
  readonly peak: number;
}

/** Where a turn of a conversation goes. `undefined`: this package decides. */
export type Placement = ((conversation: number, call: number, random: () => number) => number) | undefined;

interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

const choices = [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }];

/** Every conversation is its own, and its next turn follows some seconds after the last answer. */
export async function converse(shape: Conversations, place: Placement, seed: number): Promise<CacheFigures> {
  const { everyMs = 300, thinkMs = 4_000 } = shape;
  const time = virtualTime();
  const random = seeded(seed);
  const caches = promptCaches(shape.deployments, time);
  const calls = Array.from({ length: shape.deployments }, () => 0);
  const counts = { input: 0, cached: 0, calls: 0 };
  const answer = (deployment: number, body: string) => {
    const { messages } = JSON.parse(body) as { messages: readonly Message[] };
    const prompt = messages.map(({ content }) => content).join('\n');
    const cached = caches.read(deployment, prompt);
    calls[deployment] = (calls[deployment] ?? 0) + 1;
    counts.input += tokensOf(prompt);
    counts.cached += cached;
    return {
      prompt_tokens: tokensOf(prompt),
      prompt_tokens_details: { cached_tokens: cached },
      completion_tokens: 60,
    };
  };
  const transport: Transport = async ({ url, body }) => {
    const usage = answer(Number(new URL(url).port) - 9001, body as string);
    await wait(time, logNormal(random, 80, 0.4));
    return {
      status: 200,
      headers: new Headers({ 'content-type': 'application/json' }),
      body: once(Buffer.from(JSON.stringify({ choices, usage }))),
      destroy: () => undefined,
    };
  };
  const names = Array.from({ length: shape.deployments }, (_, index) => `d${index}`);
  const azure = createClient(poolOf(names, 'one'), {
    credential: { kind: 'entra-id', headers: () => ({}), refresh: async () => false },
    transport,
    retry: { budgetReserve: 20 },
    now: () => time.now(),
    random: seeded(seed + 1),
  });

  async function talk(conversation: number): Promise<void> {
    const messages: Message[] = [{ role: 'system', content: beginning(shape.begin, conversation, random) }];
    for (let turn = 0; turn < shape.turns; turn += 1) {
      await wait(time, logNormal(random, thinkMs, 0.6));
      messages.push({ role: 'user', content: words(random, 60) });
      const body = JSON.stringify({ model: 'chat', messages });
      if (place === undefined) {
        const response = await azure.fetch('https://aoai.invalid/openai/v1/chat/completions', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        });
        if (response.status !== 200) throw new TypeError(`Answered with ${response.status}.`);
      } else {
        answer(place(conversation, counts.calls, random), body);
      }
      counts.calls += 1;
      messages.push({ role: 'assistant', content: words(random, 60) });
    }
  }

  const errors: unknown[] = [];
  for (let conversation = 0; conversation < shape.count; conversation += 1) {
    time.at(conversation * everyMs, () => {
      talk(conversation).catch((error: unknown) => errors.push(error));
    });
  }
  await time.run();
  if (errors.length > 0) throw errors[0];
  const mean = counts.calls / shape.deployments;
  return { cached: counts.cached / counts.input, peak: Math.max(...calls) / mean };
}

/** The prompt caches of deployments: what was sent within ten minutes, from 1,024 tokens on in steps of 128. */
function promptCaches(
  deployments: number,
  time: VirtualTime,
): { read(deployment: number, prompt: string): number } {
  const caches = Array.from({ length: deployments }, () => new Map<string, number>());
  return {
    read: (deployment, prompt) => {
      const cache = caches[deployment] ?? new Map<string, number>();
      let cached = 0;
      for (let tokens = 1_024; tokens <= tokensOf(prompt); tokens += 128) {
        const start = prompt.slice(0, tokens * 4);
        const sentAtMs = cache.get(start);
        if (sentAtMs !== undefined && time.now() - sentAtMs <= 600_000 && cached >= tokens - 1_024)
          cached = tokens;
        cache.set(start, time.now());
      }
      return cached;
    },
  };
}

function beginning(begin: Conversations['begin'], conversation: number, random: () => number): string {
  return begin === 'alike' ? words(seeded(1), 1_100) : `${conversation} ${words(random, 1_100)}`;
}

/** Four characters for each token. */
function words(random: () => number, tokens: number): string {
  return Array.from({ length: tokens }, () =>
    (random() * 46_655).toString(36).slice(0, 3).padEnd(3, 'x'),
  ).join(' ');
}

function tokensOf(text: string): number {
  return Math.ceil(text.length / 4);
}

async function wait(time: VirtualTime, ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    time.at(time.now() + ms, resolve);
  });
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
