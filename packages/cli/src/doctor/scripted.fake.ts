import type { Credential } from '@aoai/auth';
import type { Transport, TransportRequest } from '@aoai/client';
import { defineConfig } from '@aoai/config';
import type { Deployment, Resource } from '@aoai/config';
import type { CallOptions } from './call.ts';
import { probeOf, type Probe } from './probe.ts';

/** What a service answers; a chat completion unless it says otherwise. */
export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How far the clock of the caller moves until the answer is there. */
  readonly tookMs?: number;
}

const completion: string = JSON.stringify({
  model: 'gpt-5.4-2026-03-05',
  choices: [{ index: 0, message: { role: 'assistant', content: 'pong' } }],
});

/** A transport that answers as it was told. */
export interface Scripted {
  readonly transport: Transport;
  readonly sent: readonly TransportRequest[];
  readonly state: { readonly closed: number; readonly dropped: number };
  readonly now: () => number;
}

/** A transport that answers in this order, the last one again and again, and remembers what was sent. */
export function scripted(...answers: readonly ScriptedAnswer[]): Scripted {
  const sent: TransportRequest[] = [];
  const state = { nowMs: Date.parse('2026-11-22T12:00:00Z'), closed: 0, dropped: 0 };
  const transport: Transport = async (request) => {
    const {
      status = 200,
      headers,
      body = completion,
      tookMs = 0,
    } = answers[sent.length] ?? answers.at(-1) ?? {};
    sent.push(request);
    state.nowMs += tookMs;
    return {
      status,
      headers: new Headers({ 'content-type': 'application/json', ...headers }),
      body: (async function* () {
        yield Buffer.from(body);
      })(),
      destroy: () => {
        state.dropped += 1;
      },
    };
  };
  transport.close = async () => {
    state.closed += 1;
  };
  return { transport, sent, state, now: () => state.nowMs };
}

/** The parts of a config that a call is about. */
export function caseOf(
  resource: Partial<Resource> = {},
  deployment: Partial<Deployment> = {},
): { readonly resource: Resource; readonly deployment: Deployment } {
  const config = defineConfig({
    resources: { main: { endpoint: 'https://contoso-se.openai.azure.com', region: 'swedencentral' } },
    deployments: {
      chat: { resource: 'main', deployment: 'chat', model: 'gpt-5.4', sku: 'DataZoneStandard' },
    },
  });
  return {
    resource: { ...config.resources['main'], ...resource } as Resource,
    deployment: { ...config.deployments['chat'], ...deployment } as Deployment,
  };
}

/** A credential with these headers. */
export function signedWith(headers: Readonly<Record<string, string>>): Credential {
  return {
    kind: 'api-key' in headers ? 'api-key' : 'entra-id',
    headers: () => headers,
    refresh: async () => false,
  };
}

/** The probe of a deployment, and what `call` takes besides. */
export function calling(
  service: Pick<Scripted, 'transport' | 'now'>,
  { resource, deployment }: ReturnType<typeof caseOf> = caseOf(),
): { readonly probe: Probe; readonly options: CallOptions } {
  const probe = probeOf(deployment, resource);
  if (typeof probe === 'string') throw new Error(probe);
  const options: CallOptions = {
    resource,
    deployment,
    credential: signedWith({ 'api-key': 'key-of-a-script-0123456789' }),
    token: undefined,
    transport: service.transport,
    timeoutMs: 5000,
    now: service.now,
    signal: new AbortController().signal,
  };
  return { probe, options };
}
