import { Socket } from 'node:net';
import { format } from 'node:util';
import { configureGlobal } from 'fast-check';
import { afterEach, beforeEach, expect } from 'vitest';
import { watchResources } from './resources.ts';

// Three rules for every test: it reaches this machine only, it prints nothing, and it leaves nothing open.
// Several files run in one process, and this file runs before each of them.

// Property tests try the same values each time, so that a change that passed here passes in CI. Others: `SEED=7 npm test`.
configureGlobal({ seed: Number(process.env['SEED'] ?? 20_261_129) });

// What our packages keep for a whole process begins anew with each file.
for (const key of Object.getOwnPropertySymbols(globalThis)) {
  if (key.description?.startsWith('@aoai/') === true) Reflect.deleteProperty(globalThis, key);
}

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|::1|\[::1\]|::ffff:127\.\d+\.\d+\.\d+|.+\.localhost)$/;

interface Destination {
  readonly host?: string;
  readonly path?: string;
}

type Connect = (this: Socket, ...args: unknown[]) => Socket;

const connect = Object.getOwnPropertyDescriptor(Socket.prototype, 'connect')?.value as Connect;

const connectHere: Connect = function (...args) {
  const host = hostOf(args);
  if (host !== undefined && !loopback.test(host)) {
    const error = new Error(`A test tried to reach ${JSON.stringify(host)}: tests reach loopback only.`);
    process.nextTick(() => this.destroy(error));
    return this;
  }
  return connect.apply(this, args);
};

if (connect.name !== connectHere.name) Socket.prototype.connect = connectHere;

/** The host of a `socket.connect(…)` call; `undefined` for a Unix socket or a port alone. */
function hostOf(args: unknown[]): string | undefined {
  // node:net hands itself its own normalised argument list: one array in the first place.
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof first === 'object' && first !== null) return (first as Destination).host;
  return typeof first === 'number' && typeof second === 'string' ? second : undefined;
}

const printed: string[] = [];
for (const method of ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const) {
  console[method] = (...values: unknown[]) => {
    printed.push(format(...values));
  };
}

afterEach(() => {
  const lines = printed.splice(0);
  expect(lines, 'a test prints nothing').toEqual([]);
});

beforeEach(({ onTestFinished }) => {
  const whatIsLeft = watchResources();
  // After the hooks and the fixtures of the test.
  onTestFinished(async () => {
    expect(await whatIsLeft(), 'a test leaves nothing open').toEqual([]);
  });
});
