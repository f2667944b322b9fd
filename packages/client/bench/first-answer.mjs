// From `node` to the first answer, in a process of its own: `bench/patience.ts` starts it. Prints its milliseconds of
// CPU. argv: `bare`, `sdk` or `ours`, endpoint. JavaScript, as it is deployed: what Node needs to strip types is not measured.
const [who, endpoint = ''] = process.argv.slice(2);
const messages = [{ role: 'user', content: 'Hello' }];
if (who === 'sdk') {
  const { default: OpenAI } = await import('openai');
  const client = new OpenAI({ apiKey: 'key', baseURL: `${endpoint}/openai/v1`, maxRetries: 0 });
  await client.chat.completions.create({ model: 'chat', messages });
} else if (who === 'ours') {
  const [{ apiKey }, { defineConfig }, { createClient }] = await Promise.all([
    import('@aoai/auth'),
    import('@aoai/config'),
    import('@aoai/client'),
  ]);
  const config = defineConfig({
    resources: { bench: { endpoint } },
    deployments: {
      chat: { resource: 'bench', deployment: 'chat', model: 'gpt-5-mini', sku: 'GlobalStandard' },
    },
  });
  const azure = createClient(config, { credential: apiKey('0123456789abcdef0123456789abcdef') });
  await azure.chat.completions.create({ model: 'chat', messages });
}
const { user, system } = process.cpuUsage();
console.log((user + system) / 1_000);
process.exit();
