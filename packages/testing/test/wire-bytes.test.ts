import { startMockAzure, type MockAzure } from '@aoai/testing';
import { defineConfig } from '@aoai/config';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

// Every row of docs/wire/authentication.md#3.1 and docs/wire/errors.md#4 that a request alone can bring about, byte for byte.

let azure: MockAzure;

const config = defineConfig({
  resources: {
    main: { endpoint: 'https://contoso.openai.azure.com', region: 'westeurope' },
    keyless: { endpoint: 'https://contoso-keyless.openai.azure.com' },
  },
  deployments: {
    chat: { resource: 'main', deployment: 'gpt-4o', model: 'gpt-4o', sku: 'Standard' },
    small: { resource: 'main', deployment: 'small', model: 'gpt-5-mini', sku: 'GlobalStandard' },
    mini: { resource: 'main', deployment: 'mini', model: 'o3-mini', sku: 'GlobalStandard' },
    old: { resource: 'main', deployment: 'old', model: 'gpt-35-turbo-instruct', sku: 'Standard' },
    embed: { resource: 'main', deployment: 'embed', model: 'text-embedding-3-small', sku: 'Standard' },
    tight: {
      resource: 'main',
      deployment: 'tight',
      model: 'gpt-4o',
      sku: 'Standard',
      limits: { tpm: 1000, rpm: 600 },
    },
  },
});

beforeAll(async () => {
  azure = await startMockAzure({ config });
});

afterAll(async () => {
  await azure.close();
});

interface Call {
  readonly path?: string;
  readonly deployment?: string;
  readonly version?: string | null;
  readonly v1?: boolean;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

const hello = { messages: [{ role: 'user', content: 'Hi' }] };

async function call({
  path,
  deployment = 'gpt-4o',
  version = '2024-10-21',
  v1 = false,
  body = hello,
  headers,
}: Call) {
  const query = version === null ? '' : `?api-version=${version}`;
  const url = v1
    ? '/openai/v1/chat/completions'
    : `/openai/deployments/${deployment}/chat/completions${query}`;
  const sent = v1 ? { model: deployment, ...(body as object) } : body;
  const response = await fetch(`${azure.endpoint}${path ?? url}`, {
    method: 'POST',
    headers: headers ?? { 'api-key': azure.apiKey, 'content-type': 'application/json' },
    body: typeof sent === 'string' ? sent : JSON.stringify(sent),
  });
  return { response, text: await response.text() };
}

describe('authentication', () => {
  test('a wrong key: 401 PermissionDenied with 224 bytes and no x-request-id (microsoft/semantic-kernel#10337)', async () => {
    const { response, text } = await call({ headers: { 'api-key': 'wrong' } });
    expect([response.status, response.statusText]).toEqual([401, 'PermissionDenied']);
    expect(text).toBe(
      '{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource."}}',
    );
    expect(response.headers.get('content-length')).toBe('224');
    expect(response.headers.get('x-request-id')).toBeNull();
    expect(response.headers.get('apim-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.headers.get('strict-transport-security')).toBe(
      'max-age=31536000; includeSubDomains; preload',
    );
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test.each([{ headers: {} }, { headers: { authorization: 'Bearer nonsense' } }])(
    'no credential, or a bad token: 401 with no error around it (azure-search-openai-demo#458) %#',
    async ({ headers }) => {
      const { response, text } = await call({ headers });
      expect(response.status).toBe(401);
      expect(text).toBe(
        '{ "statusCode": 401, "message": "Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired." }',
      );
    },
  );

  test('the API key as a bearer works on v1 only', async () => {
    const headers = { authorization: `Bearer ${azure.apiKey}`, 'content-type': 'application/json' };
    expect((await call({ v1: true, headers })).response.status).toBe(200);
    expect((await call({ headers })).response.status).toBe(401);
  });

  test('a key where keys are disabled: 403 (azure-search-openai-demo#1617)', async () => {
    const keyless = await startMockAzure({ takesKeys: false });
    const response = await fetch(`${keyless.endpoint}/openai/v1/chat/completions`, {
      method: 'POST',
      headers: { 'api-key': keyless.apiKey },
      body: '{}',
    });
    expect(response.status).toBe(403);
    expect(await response.text()).toBe(
      '{"error":{"code":"AuthenticationTypeDisabled","message": "Key based authentication is disabled for this resource."}}',
    );
    await keyless.close();
  });

  test("a token at a region's shared host: 400", async () => {
    const { token } = await azure.credential().getToken('https://cognitiveservices.azure.com/.default');
    const { status, body } = await rawRequest({
      host: 'westeurope.api.cognitive.microsoft.com',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(status).toBe(400);
    expect(body).toBe(
      '{"error":{"code":"BadRequest","message":"Please provide a custom subdomain for token authentication, otherwise API key is required."}}',
    );
  });
});

describe('addresses', () => {
  test('an unknown deployment on a dated api: 404 with 198 bytes and a region (microsoft/chat-copilot#111)', async () => {
    const { response, text } = await call({ deployment: 'nope' });
    expect([response.status, response.headers.get('content-length')]).toEqual([404, '198']);
    expect(JSON.parse(text)).toEqual({
      error: {
        code: 'DeploymentNotFound',
        message:
          'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.',
      },
    });
    expect(response.headers.get('x-ms-region')).toBe('West Europe');
  });

  test('an unknown deployment on v1: the same with type and param (microsoft/vscode#296658)', async () => {
    const { response, text } = await call({ deployment: 'nope', v1: true });
    expect(response.status).toBe(404);
    expect(JSON.parse(text)).toMatchObject({
      error: { code: 'DeploymentNotFound', type: 'invalid_request_error', param: null },
    });
  });

  test('an unknown model on the inference surface: 404 unknown_model', async () => {
    const { response, text } = await call({
      path: '/models/chat/completions?api-version=2024-05-01-preview',
      body: { ...hello, model: 'X' },
    });
    expect(response.status).toBe(404);
    expect(text).toBe(
      '{"error":{"code":"unknown_model","message":"Unknown model: X","details":"Unknown model: X"}}',
    );
  });

  test.each([
    { version: null },
    { version: '2024-10-22' },
    { version: '2023-03-15-preview' },
    { version: '2023-12-01-preview' },
    { version: 'latest' },
    { path: '/openai/deployments/gpt-4o/nope?api-version=2024-10-21' },
    { path: '/openai/responses?api-version=2024-10-21' },
    { path: '/' },
    { path: '//openai/v1/models' },
  ])(
    'a missing, unknown or retired api-version and an unknown path: 404 Resource not found %#',
    async (request) => {
      const { response, text } = await call(request);
      expect(response.status).toBe(404);
      expect(text).toBe('{"error":{"code":"404","message": "Resource not found"}}');
    },
  );

  test('a dated api-version on v1: 400 (hotovo/aider-desk#460)', async () => {
    const { response, text } = await call({ path: '/openai/v1/chat/completions?api-version=2024-10-21' });
    expect(response.status).toBe(400);
    expect(text).toBe('{"error":{"code":"BadRequest","message":"API version not supported"}}');
  });

  test.each(['', '?api-version=v1', '?api-version=preview'])(
    'v1 answers with and without api-version %s',
    async (query) => {
      const { response } = await call({
        path: `/openai/v1/chat/completions${query}`,
        body: { ...hello, model: 'gpt-4o' },
      });
      expect(response.status).toBe(200);
    },
  );

  test.each(['chatCompletion', 'embeddings'])(
    'the wrong operation for a model: 400 %s',
    async (operation) => {
      const isChat = operation === 'chatCompletion';
      const { response, text } = await call({
        path: `/openai/deployments/${isChat ? 'embed/chat/completions' : 'gpt-4o/embeddings'}?api-version=2024-10-21`,
      });
      expect(response.status).toBe(400);
      expect(text).toBe(
        `{"error":{"code":"OperationNotSupported","message":"The ${operation} operation does not work with the specified model, ${isChat ? 'text-embedding-3-small' : 'gpt-4o'}. Please choose different model and try again. You can learn more about which models can be used with each operation here: https://go.microsoft.com/fwlink/?linkid=2197993."}}`,
      );
    },
  );

  test("Azure's own host names reach their resource", async () => {
    const path = '/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21';
    const headers = { 'api-key': azure.apiKey, 'content-type': 'application/json' };
    const statusOf = async (host: string): Promise<number> =>
      (await rawRequest({ host, headers, path, body: JSON.stringify(hello) })).status;
    expect(await statusOf('contoso.openai.azure.com')).toBe(200);
    expect(await statusOf('contoso.cognitiveservices.azure.com:443')).toBe(200);
    expect(await statusOf('contoso.services.ai.azure.com')).toBe(200);
    // This resource has no such deployment.
    expect(await statusOf('contoso-keyless.openai.azure.com')).toBe(404);
  });
});

test("an offer of HTTP/2, as Java's client makes it, is answered over HTTP/1.1", async () => {
  const { status } = await rawRequest({
    host: 'localhost',
    headers: {
      'api-key': azure.apiKey,
      'content-type': 'application/json',
      connection: 'Upgrade, HTTP2-Settings',
      upgrade: 'h2c',
      'http2-settings': 'AAMAAABkAAQCAAAAAAIAAAAA',
    },
    body: JSON.stringify(hello),
  });
  expect(status).toBe(200);
});

describe('what the model refuses', () => {
  test.each([
    [
      'small',
      { max_tokens: 10 },
      {
        message:
          "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        type: 'invalid_request_error',
        param: 'max_tokens',
        code: 'unsupported_parameter',
      },
    ],
    [
      'small',
      { temperature: 0.1 },
      {
        message:
          "Unsupported value: 'temperature' does not support 0.1 with this model. Only the default (1) value is supported.",
        type: 'invalid_request_error',
        param: 'temperature',
        code: 'unsupported_value',
      },
    ],
    [
      'mini',
      { temperature: 0.1 },
      {
        message: "Unsupported parameter: 'temperature' is not supported with this model.",
        type: 'invalid_request_error',
        param: 'temperature',
        code: 'unsupported_parameter',
      },
    ],
    [
      'gpt-4o',
      { messages: [{ role: 'user', content: 'word '.repeat(130_000) }] },
      {
        message: expect.stringMatching(
          /^This model's maximum context length is 128000 tokens\. However, your messages resulted in \d+ tokens\. Please reduce the length of the messages\.$/,
        ) as string,
        type: 'invalid_request_error',
        param: 'messages',
        code: 'context_length_exceeded',
      },
    ],
    [
      'gpt-4o',
      { nope: 1 },
      {
        message: 'Unrecognized request argument supplied: nope',
        type: 'invalid_request_error',
        param: null,
        code: null,
      },
    ],
    [
      'gpt-4o',
      { topP: 1, frequencyPenalty: 0 },
      {
        message: 'Unrecognized request arguments supplied: frequencyPenalty, topP',
        type: 'invalid_request_error',
        param: null,
        code: null,
      },
    ],
    [
      'mini',
      { apiMode: 'chat' },
      {
        message: "Unknown parameter: 'apiMode'.",
        type: 'invalid_request_error',
        param: 'apiMode',
        code: 'unknown_parameter',
      },
    ],
    [
      'gpt-4o',
      { temperature: 'hot' },
      {
        message: "Invalid type for 'temperature': expected a decimal, but got a string instead.",
        type: 'invalid_request_error',
        param: 'temperature',
        code: 'invalid_type',
      },
    ],
    [
      'gpt-4o',
      { messages: [] },
      {
        message:
          "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
        type: 'invalid_request_error',
        param: 'messages',
        code: 'empty_array',
      },
    ],
  ])('%s %j', async (deployment, more, error) => {
    const { response, text } = await call({
      deployment,
      version: '2025-04-01-preview',
      body: { ...hello, ...more },
    });
    expect(response.status).toBe(400);
    expect(JSON.parse(text)).toEqual({ error });
    expect(Object.keys((JSON.parse(text) as { error: object }).error)).toEqual([
      'message',
      'type',
      'param',
      'code',
    ]);
    expect(response.headers.get('x-request-id')).not.toBeNull();
    expect(response.headers.get('ms-azureml-model-error-reason')).toBe('model_error');
    expect(response.headers.get('ms-azureml-model-error-statuscode')).toBe('400');
  });

  test.each([
    [
      'mini',
      '2024-10-21',
      {},
      'Model {modelName} is enabled only for api versions 2024-12-01-preview and later',
    ],
    [
      'gpt-4o',
      '2024-06-01',
      { response_format: { type: 'json_schema', json_schema: { name: 'x', schema: {} } } },
      'response_format value as json_schema is enabled only for api versions 2024-08-01-preview and later',
    ],
  ])('%s on %s: a feature newer than the api-version', async (deployment, version, more, message) => {
    const { text } = await call({ deployment, version, body: { ...hello, ...more } });
    expect(text).toBe(`{"error":{"code":"BadRequest","message":"${message}"}}`);
  });

  test('a parameter newer than the api-version (openai/openai-python#1724)', async () => {
    const { text } = await call({
      version: '2024-08-01-preview',
      body: { ...hello, max_completion_tokens: 5 },
    });
    expect(text).toBe(
      '{"error":{"message":"Unrecognized request argument supplied: max_completion_tokens","type":"invalid_request_error","param":null,"code":null}}',
    );
  });

  test('a blocked prompt: the body as the wire has it (compl-ai#20)', async () => {
    const { response, text } = await call({
      body: { messages: [{ role: 'user', content: 'mock-filter:prompt:violence:medium' }] },
    });
    expect(response.status).toBe(400);
    expect(text).toBe(
      '{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI\'s content management policy. Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":false,"severity":"safe"},"jailbreak":{"filtered":false,"detected":false},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":true,"severity":"medium"}}}}}',
    );
  });

  test.each(['{', '', '[]', 'null', '"text"', '{"messages":'])(
    'a body that is no JSON object: 400 %s',
    async (body) => {
      const { response, text } = await call({ body });
      expect(response.status).toBe(400);
      expect(JSON.parse(text)).toMatchObject({ error: { type: 'invalid_request_error', code: null } });
    },
  );

  test('another content type: 415', async () => {
    const { response } = await call({ headers: { 'api-key': azure.apiKey, 'content-type': 'text/plain' } });
    expect(response.status).toBe(415);
  });

  test('more than ten custom headers: 431', async () => {
    const extra = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`x-custom-${index}`, 'a']));
    const { response } = await call({ headers: { 'api-key': azure.apiKey, ...extra } });
    expect(response.status).toBe(431);
  });
});

test('an exceeded limit: 429 with the wait in two headers and in the message', async () => {
  const body = { messages: [{ role: 'user', content: 'Hi' }], max_tokens: 900 };
  expect((await call({ deployment: 'tight', body })).response.status).toBe(200);
  const { response, text } = await call({ deployment: 'tight', body });
  expect(response.status).toBe(429);
  const seconds = response.headers.get('retry-after') ?? '';
  expect(text).toBe(
    `{"error":{"code":"RateLimitReached","message":"Your requests to tight for gpt-4o in West Europe have exceeded the token rate limit for your current OpenAI S0 pricing tier. This request was for ChatCompletions_Create under Azure OpenAI API version 2024-10-21. Please retry after ${seconds} seconds. To increase your default rate limit, visit: https://aka.ms/oai/quotaincrease."}}`,
  );
  expect(Number(response.headers.get('retry-after-ms'))).toBeGreaterThan((Number(seconds) - 1) * 1000);
  expect(response.headers.get('x-request-id')).toBeNull();
});

interface RawRequest {
  readonly host: string;
  readonly headers: Record<string, string>;
  readonly path?: string;
  readonly body?: string;
}

/** A request with a `Host` of its own, which `fetch` does not allow. */
async function rawRequest({
  host,
  headers,
  path = '/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
  body = '{}',
}: RawRequest) {
  const { request } = await import('node:http');
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const outgoing = request(
    `${azure.endpoint}${path}`,
    { method: 'POST', headers: { ...headers, host } },
    (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      incoming.on('end', () => {
        resolve({ status: incoming.statusCode ?? 0, body: text });
      });
    },
  );
  outgoing.on('error', reject).end(body);
  return promise;
}
