import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

// Libraries that watch the SDK change its code, or its promises and streams. What they record of a call through this
// client is what they record of a call with the bare SDK, and the trace around it is whole.

interface Span {
  readonly name: string;
  readonly span_id: string;
  readonly parent_id: string;
}

/** Of each call: how it ended, and the names of the spans inside the span around it. */
function recorded(output: string): Readonly<Record<string, { ending: string; spans: readonly string[] }>> {
  const lines = output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { traces?: Span[][]; name?: string; ending?: string });
  const spans = lines.flatMap(({ traces }) => traces?.flat() ?? []);
  const calls = lines.filter(({ name }) => name !== undefined);
  return Object.fromEntries(
    calls.map(({ name = '', ending = '' }) => {
      const around = spans.filter((span) => span.name === name).map(({ span_id }) => span_id);
      const inside = spans.filter(({ parent_id }) => around.includes(parent_id)).map((span) => span.name);
      // A library may watch HTTP too, where the two go different ways.
      return [name, { ending, spans: [...around.map(() => 'around'), ...inside.filter(isOfModel)] }];
    }),
  );
}

function isOfModel(name: string): boolean {
  return /openai|chat|embed/i.test(name);
}

const run = promisify(execFile);
const names = ['create', 'withResponse', 'parse', 'stream', 'response', 'embeddings', 'refused'];

test.each([
  ['dd-trace', ['--import', 'dd-trace/initialize.mjs']],
  ['opentelemetry', []],
  ['sentry', ['--import', '@sentry/node/import']],
])('%s records a call of this client as it records one of the bare SDK', async (library, options) => {
  const script = fileURLToPath(new URL('instrumented-process.ts', import.meta.url));
  const { stdout } = await run(process.execPath, ['--conditions=@aoai/source', ...options, script, library], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      DD_TRACE_EXPERIMENTAL_EXPORTER: 'log',
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
      DD_REMOTE_CONFIGURATION_ENABLED: 'false',
      DD_TRACE_STARTUP_LOGS: 'false',
    },
    maxBuffer: 64 << 20,
  });
  const calls = recorded(stdout);
  for (const name of names) expect(calls[`ours ${name}`], name).toEqual(calls[`bare ${name}`]);
  expect(calls['ours create']).toEqual({ ending: 'ok', spans: ['around', expect.any(String)] });
  expect(calls['ours stream']).toEqual({ ending: 'ok', spans: ['around', expect.any(String)] });
  expect(Object.keys(calls)).toHaveLength(2 * names.length);
});
