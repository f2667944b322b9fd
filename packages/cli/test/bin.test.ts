import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';

const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url));

function aoai(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['--conditions=@aoai/source', bin, ...args], {
    cwd: '/',
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] },
  });
}

describe('aoai as a program', () => {
  test('passes its exit code to the shell', async () => {
    const child = aoai('config', 'show', 'nothing.json');
    const closed = once(child, 'close');
    const err = child.stderr === null ? '' : await text(child.stderr);
    expect((await closed)[0]).toBe(2);
    expect(err).toContain('No such file.');
  });

  test('does not mind a reader that has seen enough', async () => {
    const child = aoai('config', 'schema');
    child.stdout?.destroy();
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(0);
  });

  test('what was found decides, also when nobody reads it to its end', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aoai-bin-'));
    const path = join(folder, 'broken.json');
    await writeFile(path, '{}');
    for (const args of [
      ['config', 'check', path],
      ['doctor', path, '--json'],
    ]) {
      const child = aoai(...args);
      child.stdout?.destroy();
      const [code] = (await once(child, 'close')) as [number];
      expect(code).toBe(args[0] === 'config' ? 1 : 2);
    }
    await rm(folder, { recursive: true });
  });

  test('stops the mock in order on Ctrl-C, also while a call is under way', async () => {
    const child = aoai('mock', '--port', '0');
    let said = '';
    child.stderr?.on('data', (data: Buffer) => (said += data.toString()));
    await vi.waitUntil(() => /at http:\S+ /.test(said), { timeout: 60_000 });
    const { port, hostname } = new URL(/at (http:\S+) /.exec(said)?.[1] ?? '');
    // A request whose body never comes.
    const call = connect(Number(port), hostname);
    call.on('error', () => undefined);
    call.write('POST /openai/v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n');
    const cut = once(call, 'close');
    await once(call, 'ready');
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(0);
    await cut;
  });
});
