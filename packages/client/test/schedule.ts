import { getEventListeners } from 'node:events';
import {
  cutMidStream,
  deploymentNotFound,
  errorInStream,
  highDemand,
  malformedJson,
  neverAnswers,
  operationTimeout,
  rateLimited,
  reset,
  serverError,
  slow,
  truncated,
  unauthorized,
  unavailable,
  wrongContentLength,
} from '@aoai/testing';
import type { Fault, MockAzure } from '@aoai/testing';
import fc from 'fast-check';
import { APIConnectionError, APIError, APIUserAbortError } from 'openai';
import { createClient } from '../src/index.ts';
import type { Client, ClientEvent } from '../src/index.ts';
import {
  DeadlineExceededError,
  PoolExhaustedError,
  StreamTruncatedError,
  UnexpectedAnswerError,
} from '../src/index.ts';
import type { EstateName } from './estate.ts';

/** A random history: what goes wrong, and the calls that are made meanwhile. */
export interface Schedule {
  readonly faults: readonly FaultPlan[];
  readonly calls: readonly CallPlan[];
  readonly maxRetries: number;
  readonly hedge: boolean;
}

export interface FaultPlan {
  readonly at: 'chat-sweden' | 'chat-france';
  readonly fault: Fault;
  readonly times: number;
}

export interface CallPlan {
  readonly kind: 'chat' | 'chat-stream' | 'response' | 'response-stream' | 'fetch' | 'fetch-stream';
  readonly name: 'chat' | 'chat-sweden' | 'chat-france';
  readonly startMs: number;
  readonly deadlineMs: number;
  /** The caller loses patience. */
  readonly abortMs: number | undefined;
}

const waitMs = fc.constantFrom(0, 5, 40, 120, 61_000, 86_400_000);
const hints = fc.constantFrom(
  ['retry-after-ms'] as const,
  ['x-ms-retry-after-ms'] as const,
  ['retry-after', 'retry-after-ms', 'message'] as const,
  [] as const,
);

const anyFault: fc.Arbitrary<Fault> = fc.oneof(
  fc.tuple(waitMs, hints).map(([retryAfterMs, named]) => rateLimited({ retryAfterMs, hints: named })),
  fc.constantFrom('model' as const, 'gateway' as const).map((from) => serverError({ from })),
  fc.constantFrom(undefined, 30).map((ms) => unavailable(ms === undefined ? {} : { retryAfterMs: ms })),
  fc.constant(highDemand({ retryAfter: 1 })),
  fc.constant(operationTimeout()),
  fc.constant(reset()),
  fc.constant(neverAnswers()),
  fc.integer({ min: 0, max: 9 }).map((afterChunks) => cutMidStream({ afterChunks })),
  fc.integer({ min: 0, max: 9 }).map((afterChunks) => truncated({ afterChunks })),
  fc.integer({ min: 0, max: 6 }).map((afterChunks) => errorInStream({ afterChunks })),
  fc.constant(malformedJson()),
  fc.constant(wrongContentLength()),
  fc.integer({ min: 5, max: 150 }).map((delayMs) => slow({ delayMs })),
  fc.integer({ min: 1, max: 30 }).map((betweenMs) => slow({ betweenMs })),
  fc.constant(unauthorized()),
  fc.constant(deploymentNotFound()),
);

/** Random schedules. */
export const schedules: fc.Arbitrary<Schedule> = fc.record({
  faults: fc.array(
    fc.record({
      at: fc.constantFrom('chat-sweden' as const, 'chat-france' as const),
      fault: anyFault,
      times: fc.integer({ min: 1, max: 4 }),
    }),
    { maxLength: 6 },
  ),
  calls: fc.array(
    fc.record({
      kind: fc.constantFrom<CallPlan['kind']>(
        'chat',
        'chat-stream',
        'response',
        'response-stream',
        'fetch',
        'fetch-stream',
      ),
      name: fc.constantFrom<CallPlan['name']>('chat', 'chat', 'chat-sweden', 'chat-france'),
      startMs: fc.integer({ min: 0, max: 60 }),
      deadlineMs: fc.integer({ min: 40, max: 500 }),
      abortMs: fc.option(fc.integer({ min: 0, max: 120 }), { nil: undefined, freq: 4 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  maxRetries: fc.integer({ min: 0, max: 4 }),
  hedge: fc.boolean(),
});

/** What came of a schedule. */
export interface Outcome {
  readonly calls: number;
  readonly attempts: number;
  readonly succeeded: number;
  /** By the name of the error. */
  readonly errors: Readonly<Record<string, number>>;
  /** Everything that is not as it should be. Empty is good. */
  readonly complaints: readonly string[];
}

/** Late by no more than this, beside what the machine itself was late. */
const slackMs = 150;

/** Plays a schedule against the mock and checks every rule. */
export async function play(mock: MockAzure<EstateName>, schedule: Schedule): Promise<Outcome> {
  mock.reset();
  mock.reply('*', (request) => echo(promptOf(request.body)), { times: Infinity });
  for (const { at, fault, times } of schedule.faults) mock.fail(at, fault, { times });
  const events: ClientEvent[] = [];
  const azure = createClient(mock.config, {
    credential: mock.credential(),
    attemptTimeoutMs: 150,
    idleTimeoutMs: 150,
    retry: { maxRetries: schedule.maxRetries, initialDelayMs: 5, maxDelayMs: 50, budgetReserve: 50 },
    circuit: { openMs: 30 },
    ...(schedule.hedge ? { hedge: { afterMs: 20, maxShare: 1 } } : undefined),
    onEvent: (event) => events.push(event),
  });
  const lag = watchLag();
  const complaints: string[] = [];
  const errors: Record<string, number> = {};
  let succeeded = 0;
  await Promise.all(
    schedule.calls.map(async (plan, index) => {
      await new Promise((resolve) => setTimeout(resolve, plan.startMs));
      const result = await makeCall(azure, plan, `call number ${index} of ${plan.kind} with some words`);
      if (result.error === undefined) succeeded += 1;
      else errors[nameOf(result.error)] = (errors[nameOf(result.error)] ?? 0) + 1;
      complaints.push(
        ...check(plan, result, lag.worstMs()).map((text) => `${plan.kind} ${plan.name}: ${text}`),
      );
    }),
  );
  lag.stop();
  complaints.push(...checkEvents(events, schedule), ...checkVerdict(mock, schedule));
  await azure.close();
  const attempts = events.filter(({ type }) => type === 'attempt-started').length;
  return { calls: schedule.calls.length, attempts, succeeded, errors, complaints };
}

interface CallResult {
  readonly expected: string;
  readonly text: string;
  readonly error?: unknown;
  readonly tookMs: number;
  readonly listeners: number;
  readonly aborted: boolean;
}

async function makeCall(azure: Client<EstateName>, plan: CallPlan, prompt: string): Promise<CallResult> {
  const controller = new AbortController();
  const { signal } = controller;
  const timer =
    plan.abortMs === undefined
      ? undefined
      : setTimeout(() => {
          controller.abort();
        }, plan.abortMs);
  const limited = azure.with({ deadlineMs: plan.deadlineMs });
  const startedMs = Date.now();
  const text: string[] = [];
  const error: unknown = await run(limited, { plan, prompt, signal, text }).then(
    () => undefined,
    (reason: unknown) => reason ?? new Error('nothing'),
  );
  const tookMs = Date.now() - startedMs;
  clearTimeout(timer);
  return {
    expected: echo(prompt),
    text: text.join(''),
    ...(error !== undefined && { error }),
    tookMs,
    listeners: getEventListeners(signal, 'abort').length,
    aborted: signal.aborted,
  };
}

interface Run {
  readonly plan: CallPlan;
  readonly prompt: string;
  readonly signal: AbortSignal;
  readonly text: string[];
}

async function run(azure: Client<EstateName>, { plan, prompt, signal, text }: Run): Promise<void> {
  const model = plan.name;
  const messages = [{ role: 'user' as const, content: prompt }];
  switch (plan.kind) {
    case 'chat': {
      const answer = await azure.chat.completions.create({ model, messages }, { signal });
      text.push(answer.choices[0]?.message.content ?? '');
      return;
    }
    case 'chat-stream': {
      const stream = await azure.chat.completions.create({ model, messages, stream: true }, { signal });
      for await (const chunk of stream) text.push(chunk.choices[0]?.delta.content ?? '');
      return;
    }
    case 'response': {
      const answer = await azure.responses.create({ model, input: prompt }, { signal });
      text.push(answer.output_text);
      return;
    }
    case 'response-stream': {
      const stream = await azure.responses.create({ model, input: prompt, stream: true }, { signal });
      for await (const event of stream)
        if (event.type === 'response.output_text.delta') text.push(event.delta);
      return;
    }
    case 'fetch':
    case 'fetch-stream': {
      const isStream = plan.kind === 'fetch-stream';
      const response = await azure.fetch('https://any.invalid/openai/v1/chat/completions', {
        method: 'POST',
        body: JSON.stringify({ model, messages, stream: isStream }),
        signal,
      });
      const body = await response.text();
      if (!response.ok) throw APIError.generate(response.status, undefined, body, response.headers);
      text.push(isStream ? textOfEvents(body) : textOfChat(body));
    }
  }
}

function textOfChat(body: string): string {
  const { choices } = JSON.parse(body) as { choices: { message: { content: string } }[] };
  return choices[0]?.message.content ?? '';
}

function textOfEvents(body: string): string {
  return body
    .split('\n\n')
    .flatMap((frame) => (frame.startsWith('data: {') ? [JSON.parse(frame.slice(6)) as object] : []))
    .map((chunk) => {
      const { choices, error } = chunk as { choices?: { delta?: { content?: string } }[]; error?: object };
      if (error !== undefined) throw new APIError(undefined, error, undefined, undefined);
      return choices?.[0]?.delta?.content ?? '';
    })
    .join('');
}

/** How late timers are when nothing is wrong: the machine has other things to do as well. */
function watchLag(): { worstMs: () => number; stop: () => void } {
  const everyMs = 10;
  let expectedMs = performance.now() + everyMs;
  let worstMs = 0;
  const timer = setInterval(() => {
    worstMs = Math.max(worstMs, performance.now() - expectedMs);
    expectedMs = performance.now() + everyMs;
  }, everyMs);
  return {
    worstMs: () => Math.max(worstMs, performance.now() - expectedMs),
    stop: () => {
      clearInterval(timer);
    },
  };
}

function check(plan: CallPlan, result: CallResult, lagMs: number): string[] {
  const { expected, text, error, tookMs, listeners, aborted } = result;
  const complaints: string[] = [];
  if (tookMs > plan.deadlineMs + slackMs + 3 * lagMs)
    complaints.push(`took ${tookMs} ms of ${plan.deadlineMs}`);
  if (listeners > 0) complaints.push(`left ${listeners} listeners on the signal`);
  // The SDK ends an aborted stream without an error.
  const isWhole = error === undefined && !aborted;
  if (isWhole && text !== expected)
    complaints.push(`gave ${JSON.stringify(text)} for ${JSON.stringify(expected)}`);
  if (!expected.startsWith(text)) complaints.push(`gave ${JSON.stringify(text)}, not a part of the answer`);
  if (error !== undefined && !isExpected(error, aborted)) complaints.push(`threw ${nameOf(error)}`);
  return complaints;
}

function isExpected(error: unknown, aborted: boolean): boolean {
  if (aborted && error instanceof Error && /abort/i.test(error.name + error.message)) return true;
  return (
    error instanceof APIUserAbortError ||
    error instanceof APIConnectionError ||
    error instanceof APIError ||
    error instanceof DeadlineExceededError ||
    error instanceof PoolExhaustedError ||
    error instanceof StreamTruncatedError ||
    error instanceof UnexpectedAnswerError ||
    // What `fetch` throws without an answer.
    (error instanceof TypeError && error.message === 'fetch failed') ||
    (error instanceof DOMException && error.name === 'TimeoutError')
  );
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.constructor.name : typeof error;
}

function checkEvents(events: readonly ClientEvent[], { maxRetries, hedge }: Schedule): string[] {
  const complaints: string[] = [];
  const parked = new Map<string, number>();
  const attempts = new Map<string, number>();
  const open = new Set<string>();
  /** Calls that had the service's last word, and those that had it from one deployment. */
  const final = new Set<string>();
  for (const event of events) {
    if (event.type === 'call-started') open.add(event.callId);
    if (event.type === 'call-finished') {
      if (!open.delete(event.callId)) complaints.push(`${event.callId} finished twice`);
    }
    if (event.type === 'attempt-failed' && event.retryAfterMs !== undefined) {
      const untilMs = event.atMs + event.retryAfterMs;
      parked.set(event.deployment, Math.max(untilMs, parked.get(event.deployment) ?? 0));
    }
    if (event.type === 'attempt-failed') {
      const { callId, outcome, deployment, status } = event;
      if (outcome === 'fatal') final.add(callId);
      if (status === 404) final.add(`${callId} ${deployment}`);
    }
    if (event.type !== 'attempt-started') continue;
    if (final.has(event.callId) || final.has(`${event.callId} ${event.deployment}`)) {
      complaints.push(`${event.callId} went on after the last word`);
    }
    attempts.set(event.callId, (attempts.get(event.callId) ?? 0) + 1);
    const early = (parked.get(event.deployment) ?? 0) - event.atMs;
    if (early > 1) complaints.push(`${event.deployment} was attempted ${early} ms early`);
  }
  if (open.size > 0) complaints.push(`${open.size} calls never finished`);
  // A 401 earns one more, and so does a hedge.
  const most = (1 + maxRetries) * (hedge ? 2 : 1) + 2;
  for (const [call, count] of attempts) if (count > most) complaints.push(`${call} made ${count} attempts`);
  return complaints;
}

const checkedByEvents: ReadonlySet<string> = new Set(['ignored-park', 'retried-early', 'retried-final']);

/**
 * The mock cannot know whether an answer was read before the next attempt was sent, or whether its reader had given up:
 * waits and last words are checked above, by what the client knew. A schedule without either must not have any finding.
 */
function checkVerdict(mock: MockAzure<EstateName>, { calls, hedge }: Schedule): string[] {
  const isSimple = !hedge && calls.length === 1 && calls[0]?.abortMs === undefined;
  return mock
    .verdict()
    .filter(({ rule }) => isSimple || !checkedByEvents.has(rule))
    .map(({ rule, message }) => `${rule}: ${message}`);
}

function echo(prompt: string): string {
  return `You said: ${prompt}. And that was all of it.`;
}

function promptOf(body: unknown): string {
  const { messages, input } = body as { messages?: { content: string }[]; input?: string };
  return messages?.[0]?.content ?? input ?? '';
}
