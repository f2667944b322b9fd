import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url));

/** Takes every connection and never says a word: a proxy, a service, an authority, a registry. */
async function silence() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked: once(server, 'connection') };
}

/** A folder with two configs and the copy of a sample. */
async function workplace(host: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'aoai-interrupt-'));
  onTestFinished(() => rm(folder, { recursive: true, maxRetries: 3 }));
  const config = {
    allowHosts: ['gateway.invalid'],
    resources: { main: { endpoint: 'https://gateway.invalid', region: 'swedencentral' } },
    deployments: { chat: { resource: 'main', deployment: 'chat', model: 'gpt-5.4' } },
  };
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  const busy = `export default await (await fetch('http://${host}')).json();`;
  await writeFile(join(folder, 'busy.mjs'), busy);
  await mkdir(join(folder, 'copy', '.aoai'), { recursive: true });
  const record = { sample: 'quickstart', version: '0.0.1', files: {} };
  await writeFile(join(folder, 'copy', '.aoai', 'sample.json'), JSON.stringify(record));
  return folder;
}

type Environment = (host: string) => Readonly<Record<string, string>>;

const key: Environment = () => ({ AZURE_OPENAI_API_KEY: 'c0ffee00c0ffee00c0ffee00c0ffee00' });
const signIn: Environment = (host) => ({
  AZURE_AUTHORITY_HOST: `https://${host}`,
  AZURE_TENANT_ID: '11111111-1111-4111-8111-111111111111',
  AZURE_CLIENT_ID: '22222222-2222-4222-8222-222222222222',
  AZURE_CLIENT_SECRET: 'secret',
  AZURE_TOKEN_CREDENTIALS: 'EnvironmentCredential',
});
const proxy: Environment = (host) => ({ ...key(host), HTTPS_PROXY: `http://${host}` });
const registry: Environment = (host) => ({ npm_config_registry: `http://${host}` });

/** Longer than the end of a program takes on a busy machine, and shorter than what it would wait for. */
const patienceMs = 10_000;

test.each<['SIGINT' | 'SIGTERM', string, number, readonly string[], Environment]>([
  ['SIGINT', 'a connection', 130, ['doctor', 'config.json', '--timeout', '600000'], proxy],
  ['SIGINT', 'a sign-in', 130, ['init', '--yes', '--subscription', 'a'], signIn],
  ['SIGINT', 'npm', 130, ['new', '--diff', 'copy'], registry],
  ['SIGTERM', 'a config that is a program', 143, ['config', 'check', 'busy.mjs'], () => ({})],
])('%s while %s does not answer ends the program, with %i', async (signal, _, code, args, env) => {
  const { host, asked } = await silence();
  const cwd = await workplace(host);
  const child = spawn(process.execPath, ['--conditions=@aoai/source', bin, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, ...env(host) },
    stdio: 'ignore',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'close');
  await Promise.race([asked, ended]);
  child.kill(signal);
  expect(await Promise.race([ended, delay(patienceMs, 'It goes on.', { ref: false })])).toEqual([code, null]);
});
