// Bundles `worker.mjs` as wrangler does, runs it in workerd against the mock, and asserts what it answers.
import assert from 'node:assert/strict';
import { builtinModules } from 'node:module';
// @boundaries-ignore This file runs where the packages are installed from their tarballs.
import { defineConfig } from '@aoai/config';
// @boundaries-ignore This file runs where the packages are installed from their tarballs.
import { rateLimited, startMockAzure } from '@aoai/testing';
// @boundaries-ignore This file runs where the packages are installed from their tarballs.
import { build } from 'esbuild';

/** Modules of Node.js go by their full names, as wrangler gives them with `nodejs_compat`. */
const nodeModules = {
  name: 'node-modules',
  setup({ onResolve }) {
    onResolve({ filter: /^[a-z]/ }, ({ path }) =>
      builtinModules.includes(path) ? { path: `node:${path}`, external: true } : undefined,
    );
  },
};

const { outputFiles } = await build({
  entryPoints: ['worker.mjs'],
  bundle: true,
  minify: true,
  write: false,
  format: 'esm',
  platform: 'browser',
  target: 'es2024',
  conditions: ['workerd', 'worker', 'browser'],
  external: ['node:*', 'cloudflare:*'],
  plugins: [nodeModules],
  logLevel: 'error',
});

const on = (resource, sku = 'GlobalStandard') => ({ resource, deployment: 'gpt', model: 'gpt-4.1', sku });
const azure = await startMockAzure({
  config: defineConfig({
    resources: {
      first: { endpoint: 'https://contoso-se.openai.azure.com' },
      second: { endpoint: 'https://contoso-fr.openai.azure.com' },
    },
    deployments: {
      one: on('first'),
      two: on('second'),
      bulk: { ...on('second', 'GlobalBatch'), deployment: 'bulk' },
      embed: { resource: 'second', deployment: 'text-embedding-3-small' },
    },
  }),
});
const identity = azure.identityEnv({ flow: 'client-secret' });
// Miniflare hands these certificates to workerd, and reads the variable when it is loaded.
process.env.NODE_EXTRA_CA_CERTS = identity.NODE_EXTRA_CA_CERTS;
// @boundaries-ignore This file runs where the packages are installed from their tarballs.
const { Miniflare } = await import('miniflare');
const { first, second } = azure.config.resources;
const miniflare = new Miniflare({
  modules: [{ type: 'ESModule', path: 'worker.mjs', contents: outputFiles[0].text }],
  compatibilityDate: '2026-06-01',
  compatibilityFlags: ['nodejs_compat'],
  bindings: {
    FIRST: first.endpoint,
    SECOND: second.endpoint,
    KEY: azure.apiKey,
    AUTHORITY: identity.AZURE_AUTHORITY_HOST,
    TENANT: azure.identity.tenantId,
    CLIENT_ID: identity.AZURE_CLIENT_ID,
    CLIENT_SECRET: identity.AZURE_CLIENT_SECRET,
  },
});
try {
  azure.fail('one', rateLimited({ retryAfterMs: 60_000 }));
  const response = await miniflare.dispatchFetch('http://worker/');
  assert.deepEqual(JSON.parse(await response.text()), {
    works: {
      call: 'Hello!',
      stream: 'Hello!',
      response: 'Hello!',
      fetch: 'Hello!',
      embedding: 1536,
      batch: true,
      hedgedWithKey: 'Hello!',
      config: ['gpt'],
      tokens: 1,
    },
    worksNot: {
      undiciTransport: 'TransportLoadError',
      responsesSocket: 'TransportLoadError',
      defaultCredential: 'CredentialError',
      loadConfig: 'ConfigError',
    },
  });
  // The first resource is throttled, and left alone from then on.
  const called = azure.requests().map(({ deployment, response: { status } }) => `${deployment} ${status}`);
  assert.deepEqual(called.slice(0, 5), ['one 429', 'two 200', 'two 200', 'two 200', 'two 200']);
  assert.deepEqual(azure.verdict(), []);
  console.log(
    `The Worker with all of it is ${Math.round(outputFiles[0].contents.length / 1024)} KiB, minified.`,
  );
} finally {
  await miniflare.dispose();
  await azure.close();
}
