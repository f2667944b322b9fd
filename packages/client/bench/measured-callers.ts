// What both benchmarks compare, and the server that answers it in a process of its own.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { apiKey } from '@aoai/auth';
import { defineConfig } from '@aoai/config';
import OpenAI from 'openai';
import { createClient } from '../src/index.ts';
import type { Client } from '../src/index.ts';

export interface MeasuredCallers {
  readonly server: ChildProcess;
  readonly endpoint: string;
  /** The bare SDK, against the same server. */
  readonly sdk: OpenAI;
  readonly azure: Client<'chat'>;
}

/** Starts the server and connects both clients to it. */
export async function measuredCallers(): Promise<MeasuredCallers> {
  const server = fork(fileURLToPath(new URL('answering-server.ts', import.meta.url)), { execArgv: [] });
  const [port] = (await once(server, 'message')) as [number];
  const endpoint = `http://127.0.0.1:${port}`;
  const config = defineConfig({
    resources: { bench: { endpoint } },
    deployments: {
      chat: { resource: 'bench', deployment: 'chat', model: 'gpt-5-mini', sku: 'GlobalStandard' },
    },
  });
  return {
    server,
    endpoint,
    sdk: new OpenAI({ apiKey: 'key', baseURL: `${endpoint}/openai/v1`, maxRetries: 0 }),
    azure: createClient(config, {
      credential: apiKey('0123456789abcdef0123456789abcdef'),
      allowHeaders: ['x-bench-packets'],
    }),
  };
}
