import { defineConfig } from '@aoai/config';
import type { ConfigInput } from '@aoai/config';
import { describe, expect, test } from 'vitest';
import { batchPermit, permitted } from '../src/call/permit.ts';
import { routeFor } from '../src/call/resource-route.ts';
import { createEngine } from '../src/client/create-engine.ts';
import { settingsOf } from '../src/client/settings.ts';
import type { CallSettings } from '../src/engine/call.ts';
import { readRequest } from '../src/request/read-request.ts';

const sku = 'DataZoneStandard';
const deployments = {
  'chat-sweden': { resource: 'sweden', deployment: 'gpt', model: 'gpt-4.1', sku },
  'chat-france': { resource: 'france', deployment: 'mini', model: 'gpt-4.1', sku },
  paint: { resource: 'sweden', deployment: 'paint-eu', model: 'gpt-image-1', sku },
  'embed-sweden': { resource: 'sweden', deployment: 'small', model: 'text-embedding-3-small', sku },
  'embed-france': { resource: 'france', deployment: 'small', model: 'text-embedding-3-small', sku },
} as const;
const processing = { processing: ['EU'] } as const;
const models = { models: { allow: ['gpt-4.1', 'gpt-image-1', 'text-embedding-3-small'] } } as const;

type Policy = NonNullable<ConfigInput['policy']>;

function under(policy: Policy) {
  const config = defineConfig({
    resources: {
      sweden: { endpoint: 'https://sweden.openai.azure.com', region: 'swedencentral' },
      france: { endpoint: 'https://france.openai.azure.com', region: 'francecentral' },
      // None of its deployments is in the config.
      norway: { endpoint: 'https://norway.openai.azure.com', region: 'norwayeast' },
    },
    deployments,
    pools: { chat: [['chat-sweden'], ['chat-france']] },
    policy,
  });
  const engine = createEngine(
    config,
    {
      credential: { getToken: async () => Promise.resolve({ token: 't', expiresOnTimestamp: 0 }) },
      transport: async () => Promise.reject(new Error('Nothing is sent.')),
    },
    { emit: () => undefined, watched: () => undefined },
  );
  return { config, engine };
}

interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly settings?: Partial<CallSettings>;
}

async function permit(
  policy: Policy,
  path: string,
  body?: object | string,
  { method = 'POST', headers = {}, settings: changed }: Asking = {},
) {
  const { config, engine } = under(policy);
  const content = typeof body === 'object' ? JSON.stringify(body) : body;
  const request = await readRequest(
    `https://aoai.invalid/openai/v1${path}`,
    {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(content === undefined ? undefined : { body: content }),
    },
    undefined,
  );
  const settings = { ...settingsOf({}), ...changed };
  const found = routeFor(config, engine, { request, settings });
  return permitted(config, engine, { request, route: found, settings });
}

/** The resources and deployments that a request may go to, tier for tier. */
async function route(...asked: Parameters<typeof permit>) {
  const { tiers } = (await permit(...asked)).route;
  return tiers.map((tier) => tier.map(({ target }) => target.name));
}

const image = (model?: string) => ({ tools: [{ type: 'image_generation', ...(model && { model }) }] });
const search = (authentication: string) => ({
  data_sources: [{ type: 'azure_search', parameters: { authentication: { type: authentication } } }],
});
const remote = { tools: [{ type: 'mcp', server_url: 'https://x.invalid' }] };

describe('under a policy that says which deployments may be called', () => {
  test.each([
    ...['/files', '/files/file-1', '/uploads', '/uploads/upload_1/parts', '/containers/cntr_1/files'],
    ...['/vector_stores', '/vector_stores/vs_1/search', '/conversations', '/conversations/conv_1/items'],
    ...['/responses/resp_1/cancel', '/batches/batch_1/cancel', '/chat/completions/chatcmpl-1'],
    ...['cancel', 'pause', 'resume'].map((what) => `/fine_tuning/jobs/ftjob-1/${what}`),
    ...['/threads', '/threads/thread_1', '/threads/thread_1/messages', '/threads/thread_1/messages/msg_1'],
    '/threads/thread_1/runs/run_1/cancel',
    ...['hangup', 'reject', 'refer'].map((what) => `/realtime/calls/rtc_1/${what}`),
    ...['/evals', '/evals/eval_1'],
  ])('POST %s sends nothing to a model, and needs no name', async (path) => {
    expect((await route(processing, path, {}))[0]).toEqual(['sweden']);
    expect((await route(models, path, {}))[0]).toEqual(['sweden']);
  });

  const unseen = 'it names no deployment of the config';
  const trained = 'a job may train in another region';
  const assistant = 'a stored assistant names its deployment';
  test.each<readonly [path: string, why: string]>([
    ['/batches', 'the file of a batch names its deployments'],
    ['/evals/eval_1/runs', 'a stored eval may name deployments for its graders'],
    ['/threads/runs', assistant],
    ['/threads/thread_1/runs', assistant],
    ['/threads/thread_1/runs/run_1/submit_tool_outputs', assistant],
    ['/fine_tuning/jobs', trained],
    ['/fine_tuning/jobs/ftjob-1/cancel/more', trained],
    ['/fine_tuning/jobs/ftjob-1/restart', trained],
    ['/ingestion/jobs', 'a job may send documents to a service outside of the config'],
    ['/files/import', 'a file may be fetched from outside of the config'],
    ...[
      ...['/filesystem', '/my/files', '/evalset', '/evaluations', '/responses', '/responses/resp_1'],
      ...['/responses/resp_1/cancel/more', '/responses/resp_1/again/cancel', '/batches/batch_1/restart'],
      ...['/chat/completions/chatcmpl-1/more', '/threads/thread_1/runs/run_1', '/threads/thread_1/more'],
      ...['/threads/thread_1/messages/msg_1/more', '/realtime/calls/rtc_1/accept', '/more/threads'],
      ...['/realtime/calls/rtc_1/refer/more', '/more/realtime/calls/rtc_1/refer', '/threads/a/b/messages'],
    ].map((path) => [path, unseen] as const),
  ])('POST %s is refused: %s', async (path, why) => {
    for (const [policy, clause, values] of [
      [processing, 'processing', '["EU"]'],
      [models, 'models', JSON.stringify(models.models)],
    ] as const) {
      await expect(route(policy, path, {})).rejects.toMatchObject({
        ...{ code: 'RESIDENCY_FORBIDDEN', target: path, policy: clause },
        message: expect.stringContaining(
          `\`policy.${clause}\` ${values} cannot be checked: ${why}. `,
        ) as string,
      });
    }
    expect((await route({}, path, {}))[0], 'without a policy').toEqual(['sweden']);
    const trusted = { settings: { trustReferences: true } };
    expect((await route(processing, path, {}, trusted))[0]).toEqual(['sweden']);
    expect((await route(processing, path, undefined, { method: 'GET' }))[0]).toEqual(['sweden']);
  });

  test('a body that cannot be read is refused, unless it goes where nothing is asked of a model', async () => {
    const csv = { headers: { 'content-type': 'text/csv' } };
    await expect(route(processing, '/new/operation', 'a;b', csv)).rejects.toThrow(
      'cannot be checked: its body could not be read: "text/csv" is not read. ',
    );
    expect(await route(processing, '/files', 'a;b', csv)).toEqual([['sweden']]);
    expect(await route({}, '/new/operation', 'a;b', csv)).toEqual([['sweden']]);
  });

  test('what leads outside is refused where the policy says where data may be processed', async () => {
    await expect(route(processing, '/responses', { model: 'chat', ...remote })).rejects.toThrow(
      'cannot be checked: the tool "mcp" calls a server outside of the config. ',
    );
    expect(await route(models, '/responses', { model: 'chat', ...remote })).toHaveLength(2);
    expect(await route({}, '/responses', { model: 'chat', ...remote })).toHaveLength(2);
  });

  test.each([processing, models])('an image tool has to name its deployment: %j', async (policy) => {
    await expect(route(policy, '/responses', { model: 'chat', ...image() })).rejects.toThrow(
      'cannot be checked: the tool "image_generation" does not name its deployment',
    );
    // A stored prompt may bring a model of its own.
    await expect(route(policy, '/responses', { prompt: { id: 'p' }, ...image('paint') })).rejects.toThrow(
      unseen,
    );
  });
});

describe('a policy that forbids', () => {
  test('API keys looks for them in the body, and in nothing else', async () => {
    const body = { model: 'chat', messages: [] };
    await expect(
      route({ apiKeys: 'forbid' }, '/chat/completions', { ...body, ...search('api_key') }),
    ).rejects.toMatchObject({
      ...{ code: 'RESIDENCY_FORBIDDEN', target: '/chat/completions', policy: 'apiKeys' },
      message: expect.stringContaining('`data_sources` has an API key. Use a managed identity.') as string,
    });
    const identity = { ...body, ...search('system_assigned_managed_identity') };
    expect(await route({ apiKeys: 'forbid' }, '/chat/completions', identity)).toHaveLength(2);
    expect(await route({}, '/chat/completions', { ...body, ...search('api_key') })).toHaveLength(2);
    const trusted = { settings: { trustReferences: true } };
    const asked = await route(processing, '/chat/completions', { ...body, ...search('api_key') }, trusted);
    expect(asked, 'another policy has nothing against them').toHaveLength(2);
  });

  test.each([
    ['/fine_tuning/alpha/graders/run', {}],
    ['/new/beta', {}],
    ['/preview/new', {}],
    ['/evals', { 'aoai-evals': 'preview' }],
  ])('previews refuses POST %s with %j', async (path, headers) => {
    await expect(route({ previewApis: 'forbid' }, path, {}, { headers })).rejects.toMatchObject({
      ...{ target: path, policy: 'previewApis' },
      message: expect.stringContaining('the request asks for a preview. Leave it out.') as string,
    });
    expect(await route({}, path, {}, { headers })).toHaveLength(1);
    expect(await route({ apiKeys: 'forbid' }, path, {}, { headers })).toHaveLength(1);
  });

  test.each(['/new/alphabet', '/new/x_beta', '/evals'])('previews takes %s for none', async (path) => {
    expect(await route({ previewApis: 'forbid' }, path, {})).toHaveLength(1);
  });
});

describe('a request that names deployments beside its model', () => {
  test.each([{}, processing, models])('goes only where all of them are, under %j', async (policy) => {
    const asked = async (...names: string[]) =>
      route(policy, '/responses', { model: 'chat', tools: names.flatMap((name) => image(name).tools) });
    expect(await asked()).toEqual([['chat-sweden'], ['chat-france']]);
    expect(await asked('paint')).toEqual([['chat-sweden']]);
    expect(await asked('paint-eu', 'small')).toEqual([['chat-sweden']]);
    expect(await asked('small')).toEqual([['chat-sweden'], ['chat-france']]);
    expect(await asked('chat-france')).toEqual([['chat-france']]);
  });

  test('that no resource has all of is refused under a policy, and left to the service without one', async () => {
    const body = { model: 'chat', tools: [...image('paint').tools, ...image('chat-france').tools] };
    await expect(route(models, '/responses', body)).rejects.toMatchObject({
      ...{ target: 'paint', policy: 'models' },
      message: expect.stringContaining(
        'no resource holds all that it names: "paint", "chat-france". Deploy them in one resource.',
      ) as string,
    });
    expect(await route({}, '/responses', body)).toHaveLength(2);
    expect(await route({ apiKeys: 'forbid' }, '/responses', body)).toHaveLength(2);
  });

  test('that the config does not have is refused under a policy, with those that it has', async () => {
    const body = { model: 'chat', tools: [...image('paint').tools, ...image('gpt-global').tools] };
    for (const settings of [{}, { trustReferences: true }]) {
      await expect(route(processing, '/responses', body, { settings })).rejects.toMatchObject({
        ...{ target: 'gpt-global', policy: 'processing' },
        message: expect.stringContaining(
          '`policy.processing` allows the deployments of the config, and "gpt-global" is none that may be called. Name one of "chat-sweden", "chat-france", "paint", "embed-sweden", "embed-france", "chat".',
        ) as string,
      });
    }
    expect(await route({}, '/responses', body)).toHaveLength(2);
  });

  test.each([{}, processing])(
    'and has no model goes where the first name leads, under %j',
    async (policy) => {
      const asked = async (model: string) =>
        route(policy, '/realtime/client_secrets', { session: { type: 'realtime', model } });
      expect(await asked('chat')).toEqual([['chat-sweden'], ['chat-france']]);
      expect(await asked('chat-france')).toEqual([['chat-france']]);
      // Names in Azure: wherever they are, each resource once.
      expect(await asked('mini')).toEqual([['france']]);
      expect(await asked('gpt')).toEqual([['sweden']]);
      expect(await asked('small')).toEqual([['sweden'], ['france']]);
    },
  );

  test('is looked through under each policy, and otherwise where names may stand elsewhere', async () => {
    const found = async (policy: Policy, path: string, body: object) =>
      (await permit(policy, path, body)).mentions.deployments;
    const chat = { model: 'chat', messages: [], ...image('paint') };
    expect(await found({}, '/chat/completions', chat)).toEqual([]);
    for (const policy of [processing, models, { apiKeys: 'forbid' }, { previewApis: 'forbid' }] as const) {
      expect(await found(policy, '/chat/completions', chat)).toEqual(['paint']);
    }
    expect(await found({}, '/responses', { model: 'chat', ...image('paint') })).toEqual(['paint']);
    expect(await found({}, '/responses', { model: 'chat', metadata: {}, deployment: 'paint' })).toEqual([]);
    expect(await found({}, '/evals', { testing_criteria: [{ model: 'paint' }] })).toEqual(['paint']);
  });

  test('in a header is looked at as well', async () => {
    const headers = { 'x-ms-oai-image-generation-deployment': 'paint' };
    expect(await route({}, '/responses', { model: 'chat', ...image() }, { headers })).toEqual([
      ['chat-sweden'],
    ]);
    expect(await route({}, '/chat/completions', { model: 'chat', messages: [] }, { headers })).toEqual([
      ['chat-sweden'],
    ]);
  });
});

describe('a line of a batch', () => {
  const line = (policy: Policy, body: object, target = 'chat-sweden') => {
    const { config, engine } = under(policy);
    return batchPermit(config, engine)(body as Record<string, unknown>, target);
  };

  test('stays as it is without a policy', () => {
    const body = image('gpt-global');
    expect(line({}, body)).toBe(body);
    expect(line({ apiKeys: 'forbid' }, body)).toBe(body);
  });

  test.each([processing, models])('gets the names of its resource, under %j', (policy) => {
    const body = { a: 1, ...image('paint') };
    expect(line(policy, body)).toEqual({ a: 1, ...image('paint-eu') });
    expect(body, 'what was given stays').toEqual({ a: 1, ...image('paint') });
    expect(line(policy, { toJSON: () => image('paint-eu') })).toEqual(image('paint-eu'));
  });

  test.each([processing, models])('names what is in its own resource only, under %j', (policy) => {
    const [clause] = Object.keys(policy);
    for (const [body, target] of [
      [image('paint'), 'chat-france'],
      [{ tools: [...image('paint').tools, ...image('gpt-global').tools] }, 'chat-sweden'],
    ] as const) {
      const name = target === 'chat-france' ? 'paint' : 'gpt-global';
      expect(() => line(policy, body, target)).toThrow(
        expect.objectContaining({
          ...{ code: 'RESIDENCY_FORBIDDEN', target: name, policy: clause },
          message: expect.stringContaining(
            `\`policy.${clause ?? ''}\` allows the deployments of the config, and "${name}" is none in the resource of "${target}".`,
          ) as string,
        }),
      );
    }
  });

  test('that leads where the policy cannot see is refused as a call is', () => {
    const seen = (why: string) =>
      expect.objectContaining({
        target: 'chat-sweden',
        message: expect.stringContaining(`cannot be checked: ${why}`) as string,
      }) as Error;
    expect(() => line(processing, remote)).toThrow(
      seen('the tool "mcp" calls a server outside of the config. '),
    );
    expect(line(models, remote)).toEqual(remote);
    for (const policy of [processing, models]) {
      expect(() => line(policy, image())).toThrow(seen('the tool "image_generation" does not name'));
    }
  });

  test('has no model in capitals', () => {
    expect(() => line(models, { Model: 'gpt-global' })).toThrow(/"Model"/);
  });
});

describe('a request without a name', () => {
  const get = { method: 'GET' } as const;

  test('goes to the first resource, or to the one that is set', async () => {
    expect(await route({}, '/files', undefined, get)).toEqual([['sweden']]);
    expect(await route({}, '/files', undefined, { ...get, settings: { resource: 'france' } })).toEqual([
      ['france'],
    ]);
  });

  test('asks all resources in turn for a thing that one of them has', async () => {
    const settings = { resource: 'france' };
    expect(await route({}, '/files/file-1', undefined, get)).toEqual([['sweden'], ['france']]);
    expect(await route({}, '/files/file-1', undefined, { ...get, settings })).toEqual([
      ['france'],
      ['sweden'],
    ]);
    const repeated = { input: [{ type: 'item_reference', id: 'msg_123' }] };
    expect(await route({}, '/responses', repeated)).toEqual([['sweden'], ['france']]);
  });

  test.each(['norway', 'narnia'])(
    'is refused for the resource %s, where the client has nothing',
    async (resource) => {
      await expect(route({}, '/files', undefined, { ...get, settings: { resource } })).rejects.toThrow(
        `Cannot resolve resource "${resource}": no deployment of this config is in it. Known names: "sweden", "france", "norway".`,
      );
    },
  );

  test('is refused where it asks a deployment to do something', async () => {
    await expect(route({}, '/embeddings', { input: 'x' })).rejects.toThrow(
      'Cannot send "/embeddings": it has no `model`. Set `model` to a name of the config: "chat-sweden", "chat-france", "paint", "embed-sweden", "embed-france", "chat".',
    );
    expect(await route({}, '/chat/completions', undefined, get)).toEqual([['sweden']]);
  });
});
