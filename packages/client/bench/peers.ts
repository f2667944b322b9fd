// CPU of a call and of a stream through this client, the bare SDK, the AI SDK and LangChain, and through both of these over
// `azure.fetch`: the same requests to the same server process, in turns. `pnpm --filter @aoai/client bench`.
import { createAzure } from '@ai-sdk/azure';
import { median, record } from '@aoai/bench';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, streamText } from 'ai';
import { measuredCallers } from './measured-callers.ts';

interface Peer {
  /** One whole answer; gives its text. */
  call(): Promise<string>;
  /** One stream; gives its text. */
  stream(): Promise<string>;
}

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 7);
const inFlight = 16;
const prompt = 'What does the handbook say about travel? '.repeat(12);
const messages = [{ role: 'user' as const, content: prompt }];
const { server, endpoint, sdk, azure } = await measuredCallers();
const peers: Readonly<Record<string, Peer>> = {
  aoai: openai(azure.sdk),
  openai: openai(sdk),
  'AI SDK': aiSdk(globalThis.fetch),
  'AI SDK over aoai': aiSdk(azure.fetch),
  LangChain: langchain(globalThis.fetch),
  'LangChain over aoai': langchain(azure.fetch),
};

function openai({ chat }: Pick<typeof sdk, 'chat'>): Peer {
  return {
    async call() {
      const { choices } = await chat.completions.create({ model: 'chat', messages });
      return choices[0]?.message.content ?? '';
    },
    async stream() {
      let text = '';
      for await (const chunk of await chat.completions.create({ model: 'chat', messages, stream: true }))
        text += chunk.choices[0]?.delta.content ?? '';
      return text;
    },
  };
}

function aiSdk(fetch: typeof globalThis.fetch): Peer {
  const provider = createAzure({ baseURL: `${endpoint}/openai`, apiKey: 'key', fetch });
  const options = { model: provider.chat('chat'), prompt, maxRetries: 0 };
  return {
    call: async () => (await generateText(options)).text,
    stream: async () => streamText(options).text,
  };
}

function langchain(fetch: typeof globalThis.fetch): Peer {
  const configuration = { baseURL: `${endpoint}/openai/v1`, fetch };
  const model = new ChatOpenAI({ model: 'chat', apiKey: 'key', maxRetries: 0, configuration });
  return {
    call: async () => (await model.invoke(prompt)).text,
    async stream() {
      let text = '';
      for await (const chunk of await model.stream(prompt)) text += chunk.text;
      return text;
    },
  };
}

/** CPU of this process in microseconds for each of so many pieces of work. */
async function cpuOf(work: () => Promise<string>, times: number): Promise<number> {
  let left = times;
  const before = process.cpuUsage();
  const worker = async () => {
    while (left-- > 0) if ((await work()) === '') throw new Error('An answer has no text.');
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}

async function measure(what: keyof Peer, times: number): Promise<Readonly<Record<string, number>>> {
  const samples: Record<string, number[]> = {};
  for (const peer of Object.values(peers)) await cpuOf(() => peer[what](), times * 2);
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, peer] of Object.entries(peers))
      (samples[name] ??= []).push(await cpuOf(() => peer[what](), times));
  }
  return Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, median(values)]));
}

for (const { kind, title, unit, times, atMost } of [
  {
    kind: 'call',
    title: 'JSON call, 16 in flight',
    unit: 'µs of CPU per call',
    times: 480,
    atMost: { openai: 0.4, 'AI SDK': 0.3, LangChain: 0.3 },
  },
  {
    kind: 'stream',
    title: 'stream of 200 chunks, 16 at once',
    unit: 'µs of CPU per stream',
    times: 64,
    atMost: { openai: 0.6, 'AI SDK': 0.25, LangChain: 0.4 },
  },
] as const) {
  const values = await measure(kind, times);
  const only = (...names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, values[name] ?? Number.NaN]));
  record({
    what: `${title}, beside frameworks`,
    unit,
    ours: 'aoai',
    values: only('aoai', 'openai', 'AI SDK', 'LangChain'),
    atMost,
  });
  // A framework that sends through us has our routing and retries, and should not pay for them.
  for (const name of ['AI SDK', 'LangChain']) {
    const ours = `${name} over aoai`;
    record({
      what: `${title}, ${name} over azure.fetch`,
      unit,
      ours,
      values: only(ours, name),
      atMost: { [name]: 1.1 },
    });
  }
}
await azure.close();
server.disconnect();
