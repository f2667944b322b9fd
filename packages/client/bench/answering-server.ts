// A server process that answers at once and always the same: what is measured is the caller.
// `POST …/chat/completions` with `"stream":true` streams; the header `x-bench-packets: 1` sends each event as a
// packet of its own, otherwise they come in bursts.
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';

/** The headers of a real answer of 2026 (docs/wire/headers.md#5.1): reading them is part of the cost. */
const headers = {
  'apim-request-id': 'a0a0a0a0-1111-2222-3333-444444444444',
  'strict-transport-security': 'max-age=31536000; includeSubDomains; preload',
  'x-content-type-options': 'nosniff',
  'x-ms-region': 'Sweden Central',
  'x-ratelimit-remaining-requests': '9999999',
  'x-ratelimit-limit-requests': '10000000',
  'x-ratelimit-remaining-tokens': '999999999',
  'x-ratelimit-limit-tokens': '1000000000',
  'x-ratelimit-renewalperiod-requests': '10',
  'x-ratelimit-renewalperiod-tokens': '60',
  'x-ms-rai-invoked': 'true',
  'x-request-id': 'b1b1b1b1-1111-2222-3333-444444444444',
  'x-ms-client-request-id': 'c2c2c2c2-1111-2222-3333-444444444444',
  'azureml-model-session': 'd20260620024045-7010d398',
  'x-ms-deployment-name': 'gpt-5-mini',
  'x-envoy-upstream-service-time': '12',
};

const safe = { filtered: false, severity: 'safe' };
const filters = { hate: safe, self_harm: safe, sexual: safe, violence: safe };
const usage = {
  completion_tokens: 120,
  completion_tokens_details: { reasoning_tokens: 0 },
  prompt_tokens: 40,
  prompt_tokens_details: { audio_tokens: 0, cached_tokens: 0 },
  total_tokens: 160,
};
const completion = Buffer.from(
  JSON.stringify({
    choices: [
      {
        content_filter_results: filters,
        finish_reason: 'stop',
        index: 0,
        logprobs: null,
        message: {
          annotations: [],
          content: 'The quick brown fox jumps over the lazy dog. '.repeat(12),
          refusal: null,
          role: 'assistant',
        },
      },
    ],
    created: 1_790_000_000,
    id: 'chatcmpl-D0AbCdEfGhIjKlMnOpQrStUvWxYz',
    model: 'gpt-5-mini-2025-08-07',
    object: 'chat.completion',
    prompt_filter_results: [
      {
        prompt_index: 0,
        content_filter_results: { ...filters, jailbreak: { detected: false, filtered: false } },
      },
    ],
    service_tier: 'default',
    system_fingerprint: null,
    usage,
  }),
);

const frame = (chunk: object) => `data: ${JSON.stringify(chunk)}\n\n`;
const base = {
  created: 1_790_000_000,
  id: 'chatcmpl-D0AbCdEfGhIjKlMnOpQrStUvWxYz',
  model: 'gpt-5-mini-2025-08-07',
  object: 'chat.completion.chunk',
};
const delta = frame({
  choices: [
    {
      content_filter_results: filters,
      delta: { content: ' brown' },
      finish_reason: null,
      index: 0,
      logprobs: null,
    },
  ],
  ...base,
  obfuscation: 'x7Kf03',
  service_tier: 'default',
  system_fingerprint: null,
  usage: null,
});
const first = frame({
  choices: [],
  created: 0,
  id: '',
  model: '',
  object: '',
  prompt_filter_results: [{ prompt_index: 0, content_filter_results: filters }],
});
const last =
  frame({
    choices: [{ content_filter_results: {}, delta: {}, finish_reason: 'stop', index: 0, logprobs: null }],
    ...base,
  }) +
  frame({ choices: [], ...base, usage }) +
  'data: [DONE]\n\n';

/** Content chunks of each stream. */
const chunks = Number(process.env['BENCH_CHUNKS'] ?? 200);
const perBurst = Number(process.env['BENCH_BURST'] ?? 20);

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (part: string) => (body += part));
  request.on('end', () => {
    if (body.includes('"stream":true')) {
      response.writeHead(200, { ...headers, 'content-type': 'text/event-stream; charset=utf-8' });
      response.write(first);
      send(response, request.headers['x-bench-packets'] === '1' ? 1 : perBurst, chunks);
      return;
    }
    response.writeHead(200, {
      ...headers,
      'content-type': 'application/json',
      'content-length': completion.byteLength,
    });
    response.end(completion);
  });
  request.resume();
});

function send(response: ServerResponse, size: number, left: number): void {
  if (left <= 0) {
    response.end(last);
    return;
  }
  response.write(delta.repeat(Math.min(size, left)));
  // A pause between writes, so that each write is a packet of its own.
  setTimeout(() => {
    send(response, size, left - size);
  }, 1);
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) process.send?.(address.port);
});
process.on('disconnect', () => process.exit());
