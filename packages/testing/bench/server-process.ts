import { fork } from 'node:child_process';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';

/** A server in a process of its own. */
export interface ServerProcess {
  readonly name: string;
  /** Sends `times` requests over a few connections and reads the answers to the end. */
  load(body: string, times: number): Promise<void>;
  /** CPU time that it has used so far, in microseconds. */
  cpuMicros(): Promise<number>;
  /** Bytes that it keeps. */
  heapBytes(): Promise<number>;
  stop(): void;
}

const connections = 8;

/** Starts `subject.ts` for a name. */
export async function serverProcess(name: string, kind: 'json' | 'stream'): Promise<ServerProcess> {
  const child = fork(fileURLToPath(new URL('subject.ts', import.meta.url)), [name, kind], {
    execArgv: ['--conditions=@aoai/source', '--expose-gc', '--disable-warning=ExperimentalWarning'],
  });
  const message = <Message>() =>
    new Promise<Message>((resolve) => child.once('message', resolve as (value: unknown) => void));
  const { port } = await message<{ port: number }>();
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const path = '/openai/deployments/gpt-4.1/chat/completions?api-version=2024-10-21';

  async function send(body: string): Promise<void> {
    const { promise, resolve, reject }: PromiseWithResolvers<void> = Promise.withResolvers();
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'api-key': 'key',
    };
    const outgoing = request({ port, path, method: 'POST', agent, headers }, (incoming) => {
      if (incoming.statusCode !== 200) reject(new Error(`${name} answered ${String(incoming.statusCode)}`));
      incoming.on('end', resolve).resume();
    });
    outgoing.on('error', reject).end(body);
    await promise;
  }

  return {
    name,
    async load(body, times) {
      let left = times;
      const worker = async () => {
        while (left > 0) {
          left -= 1;
          await send(body);
        }
      };
      await Promise.all(Array.from({ length: connections }, worker));
    },
    async cpuMicros() {
      const answer = message<NodeJS.CpuUsage>();
      child.send('cpu');
      const { user, system } = await answer;
      return user + system;
    },
    async heapBytes() {
      const answer = message<NodeJS.MemoryUsage>();
      child.send('memory');
      const { heapUsed, external } = await answer;
      return heapUsed + external;
    },
    stop() {
      agent.destroy();
      child.disconnect();
    },
  };
}
