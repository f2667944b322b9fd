import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createVitest } from 'vitest/node';
import type { Order, Outcome } from './orders.ts';

/** A process that has the tests of the package in the current directory loaded, and runs some of them again and again. */
export interface WarmTests {
  /** The files of all tests of the package. */
  readonly files: readonly string[];
  /** `undefined` when it took longer than that, or the process ended: then there is nothing more to ask for. */
  run: (order: Order, limitMs: number) => Promise<Outcome | undefined>;
  close: () => Promise<void>;
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export async function startWarmTests(): Promise<WarmTests> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const vitest = await createVitest({
    config: here('mutants.config.ts'),
    runner: here('warm-worker.ts'),
    pool: 'forks',
    maxWorkers: 1,
    maxConcurrency: 1,
    includeTaskLocation: true,
    watch: false,
    update: false,
    reporters: [{}],
  });
  vitest.provide('ordersPort', (server.address() as AddressInfo).port);
  const files = (await vitest.globTestSpecifications()).map(({ moduleId }) => moduleId);
  const project = vitest.getRootProject();
  const ended = vitest
    .runTestSpecifications([project.createSpecification(here('warm.tests.ts'))])
    // A process that is stopped is an error to vitest.
    .catch(() => undefined);
  const [socket] = (await once(server, 'connection')) as [Socket];
  socket.on('error', () => undefined);
  const answers = createInterface({ input: socket })[Symbol.asyncIterator]();
  const pid = Number((await answers.next()).value);
  return {
    files,
    run: async (order, limitMs) => {
      const timer = setTimeout(() => {
        stop(pid);
      }, limitMs);
      socket.write(`${JSON.stringify(order)}\n`);
      const { value } = (await answers.next()) as { readonly value: string | undefined };
      clearTimeout(timer);
      return value === undefined ? undefined : (JSON.parse(value) as Outcome);
    },
    close: async () => {
      stop(pid);
      await ended;
      await vitest.close();
      server.close();
    },
  };
}

function stop(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
