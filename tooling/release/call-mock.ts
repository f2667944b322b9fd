// Runs an installed `aoai-mock` as a user does: `node call-mock.ts NODE PROGRAM`. It has to print the variables, answer
// a request with them, log it, and stop when it is told to.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';

const [node = process.execPath, program = ''] = process.argv.slice(2);
const mock = spawn(node, [program, '--port', '0', '--json', '--sign-in', 'both'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const exited = once(mock, 'exit');
let printed = '';
mock.stdout.on('data', (data: Buffer) => {
  printed += data.toString();
});

try {
  await until(() => printed.includes('MICROSOFT_GRAPH_ENDPOINT'), 'it prints the variables to export');
  const response = await fetch(`${variable('AZURE_OPENAI_ENDPOINT')}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'api-key': variable('AZURE_OPENAI_API_KEY'), 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.6-luna', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  const answer = await response.text();
  if (!answer.includes('"chat.completion"')) throw new Error(`Not an answer: ${answer}`);
  await until(() => printed.includes('"status":200'), 'it logs the request');
  mock.kill('SIGTERM');
  const [code] = (await exited) as [number | null];
  if (code !== 0) throw new Error(`It stopped with ${String(code)}.`);
} finally {
  mock.kill('SIGKILL');
}

function variable(name: string): string {
  return new RegExp(`^export ${name}=(.*)$`, 'm').exec(printed)?.[1] ?? '';
}

async function until(isDone: () => boolean, what: string): Promise<void> {
  const deadlineMs = performance.now() + 30_000;
  while (!isDone()) {
    if (performance.now() > deadlineMs)
      throw new Error(`Waited in vain until ${what}. It printed:\n${printed}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
