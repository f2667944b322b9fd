// A Cloudflare Worker that calls Azure OpenAI, and says what came of it. `run.mjs` asserts that.
// @boundaries-ignore This file runs where the packages are installed from their tarballs.
import { apiKey, entraId } from '@aoai/auth';
// @boundaries-ignore This file runs where the packages are installed from their tarballs.
import { createClient, fetchTransport, responsesSocket } from '@aoai/client';
// @boundaries-ignore This file runs where the packages are installed from their tarballs.
import { configFromEnv, defineConfig, loadConfig } from '@aoai/config';
/* global URLSearchParams, fetch, Response */

const messages = [{ role: 'user', content: 'Say hello' }];

function configOf({ FIRST, SECOND }) {
  const on = (resource, sku = 'GlobalStandard') => ({ resource, deployment: 'gpt', model: 'gpt-4.1', sku });
  return defineConfig({
    resources: { first: { endpoint: FIRST }, second: { endpoint: SECOND } },
    deployments: {
      one: on('first'),
      two: on('second'),
      bulk: { ...on('second', 'GlobalBatch'), deployment: 'bulk' },
      embed: { resource: 'second', deployment: 'text-embedding-3-small' },
    },
    pools: { chat: [['one'], ['two']] },
  });
}

/** Signs in with a client secret, by `fetch` alone. */
function clientSecret({ AUTHORITY, TENANT, CLIENT_ID, CLIENT_SECRET }, onToken) {
  return entraId({
    async getToken(scopes) {
      onToken();
      const response = await fetch(`${AUTHORITY}/${TENANT}/oauth2/v2.0/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          scope: [scopes].flat().join(' '),
        }),
      });
      if (!response.ok) throw new Error(`No token: ${await response.text()}`);
      const { access_token: token, expires_in: seconds } = await response.json();
      return { token, expiresOnTimestamp: Date.now() + seconds * 1_000 };
    },
  });
}

async function works(env) {
  let tokens = 0;
  const credential = clientSecret(env, () => {
    tokens += 1;
  });
  const azure = createClient(configOf(env), { credential, transport: fetchTransport() });
  const whole = await azure.chat.completions.create({ model: 'chat', messages });
  let stream = '';
  for await (const chunk of await azure.chat.completions.create({ model: 'chat', messages, stream: true }))
    stream += chunk.choices[0]?.delta.content ?? '';
  const response = await azure.responses.create({ model: 'chat', input: 'Say hello' });
  const request = { method: 'POST', body: JSON.stringify({ model: 'chat', messages }) };
  const fetched = await azure.fetch('https://any.openai.azure.com/openai/v1/chat/completions', request);
  const { data } = await azure.embeddings.create({ model: 'embed', input: 'hello' });
  const [line] = await azure.batch.run([{ messages }], { deployment: 'bulk', pollMs: 10 });
  await azure.close();
  const hedged = createClient(configOf(env), {
    credential: apiKey(env.KEY),
    transport: fetchTransport(),
    hedge: { afterMs: 1 },
  });
  const quick = await hedged.chat.completions.create({ model: 'two', messages });
  await hedged.close();
  return {
    call: whole.choices[0].message.content,
    stream,
    response: response.output_text,
    fetch: (await fetched.json()).choices[0].message.content,
    embedding: data[0].embedding.length,
    batch: line.ok,
    hedgedWithKey: quick.choices[0].message.content,
    config: configFromEnv({ env: { AZURE_OPENAI_ENDPOINT: env.FIRST, AZURE_OPENAI_DEPLOYMENT: 'gpt' } })
      .names,
    tokens,
  };
}

/** What needs sockets, files or programs: the name of each error. */
async function worksNot(env) {
  const call = (options) =>
    createClient(configOf(env), options).responses.create({ model: 'two', input: 'Hi' });
  const attempts = {
    undiciTransport: () => call({ credential: apiKey(env.KEY) }),
    responsesSocket: () => call({ credential: apiKey(env.KEY), transport: responsesSocket() }),
    defaultCredential: () => call({ transport: fetchTransport() }),
    loadConfig: () => loadConfig(),
  };
  const results = Object.entries(attempts).map(async ([name, attempt]) => [
    name,
    await attempt().then(
      () => 'works',
      (error) => error.name,
    ),
  ]);
  return Object.fromEntries(await Promise.all(results));
}

export default {
  async fetch(_request, env) {
    try {
      return Response.json({ works: await works(env), worksNot: await worksNot(env) });
    } catch (error) {
      return Response.json({ error: error.stack });
    }
  },
};
