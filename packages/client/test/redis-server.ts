import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
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

const ready = 'Ready to accept connections';

/** Whether this machine has such a program: on the `PATH`, or where `AOAI_VALKEY_SERVER` says. */
export function hasProgram(program: RedisProgram): boolean {
  return spawnSync(pathOf(program), ['--version']).status === 0;
}

/** Whether this machine has a `redis-server`. */
export const hasRedis: boolean = hasProgram('redis-server');

function pathOf(program: RedisProgram): string {
  return program === 'valkey-server' ? (process.env['AOAI_VALKEY_SERVER'] ?? program) : program;
}

/** `settings` are those of `redis.conf`; with a `tls-cert-file` the server speaks TLS only. Throws what the program said when it does not start. */
export async function startRedis(
  settings: Readonly<Record<string, string>> = {},
  program: RedisProgram = 'redis-server',
): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), 'aoai-redis-'));
  const isTls = 'tls-cert-file' in settings;
  let output = '';
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const [port, busPort] = [anyPort(), anyPort()];
    const options = {
      ...(isTls ? { port: '0', 'tls-port': String(port) } : { port: String(port) }),
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
    output = await outputUntilReady(server);
    if (output.includes(ready)) {
      return {
        url: `${isTls ? 'rediss' : 'redis'}://127.0.0.1:${port}`,
        busPort,
        freeze: () => server.kill('SIGSTOP'),
        thaw: () => server.kill('SIGCONT'),
        stop: async () => {
          await killed(server);
          await rm(directory, { recursive: true, force: true });
        },
      };
    }
    if (!output.includes('Address already in use')) break;
  }
  await rm(directory, { recursive: true, force: true });
  throw new Error(`${program} did not start: ${output.slice(-500)}`);
}

/** Below those that systems hand out, of which a test beside this one may be given any at any moment. */
function anyPort(): number {
  return randomInt(10_000, 32_000);
}

/** What a server has printed when it answers, or at its end. */
async function outputUntilReady(server: ChildProcess): Promise<string> {
  let output = '';
  for await (const chunk of server.stdout ?? []) {
    output += String(chunk);
    if (output.includes(ready)) break;
  }
  return output;
}

async function killed(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGCONT');
  server.kill('SIGKILL');
  await once(server, 'exit');
}
