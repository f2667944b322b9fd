import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real Redis for one test file, on a port of its own. */
export interface RedisServer {
  readonly url: string;
  /** Where the other nodes of a cluster call. */
  readonly busPort: number;
  /** Stops answering without closing anything, and goes on again. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

/** A program that speaks the protocol of Redis. */
export type RedisProgram = 'redis-server' | 'valkey-server';

/** Whether this machine has such a program: on the `PATH`, or where `AOAI_VALKEY_SERVER` says. */
export function hasProgram(program: RedisProgram): boolean {
  return spawnSync(pathOf(program), ['--version']).status === 0;
}

/** Whether this machine has a `redis-server`. */
export const hasRedis: boolean = hasProgram('redis-server');

function pathOf(program: RedisProgram): string {
  return program === 'valkey-server' ? (process.env['AOAI_VALKEY_SERVER'] ?? program) : program;
}

/** `settings` are those of `redis.conf`. */
export async function startRedis(
  settings: Readonly<Record<string, string>> = {},
  program: RedisProgram = 'redis-server',
): Promise<RedisServer> {
  const [port, busPort] = [await freePort(), await freePort()];
  const directory = await mkdtemp(join(tmpdir(), 'aoai-redis-'));
  const options = {
    port: String(port),
    bind: '127.0.0.1',
    save: '',
    appendonly: 'no',
    dir: directory,
    'cluster-port': String(busPort),
    ...settings,
  };
  const server = spawn(
    pathOf(program),
    Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
  );
  await ready(server);
  return {
    url: `${'tls-port' in settings ? 'rediss' : 'redis'}://127.0.0.1:${settings['tls-port'] ?? port}`,
    busPort,
    freeze: () => server.kill('SIGSTOP'),
    thaw: () => server.kill('SIGCONT'),
    stop: async () => {
      if (server.exitCode === null && server.signalCode === null) {
        server.kill('SIGCONT');
        server.kill('SIGKILL');
        await once(server, 'exit');
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function ready(server: ChildProcess): Promise<void> {
  let output = '';
  for await (const chunk of server.stdout ?? []) {
    output += String(chunk);
    if (output.includes('Ready to accept connections')) break;
  }
  // Nobody reads any further: the pipe must not fill.
  server.stdout?.resume();
}
