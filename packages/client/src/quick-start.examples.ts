//#region quick-start
import { createClient } from '@aoai/client';
import { defineConfig, env } from '@aoai/config';

const config = defineConfig({
  resources: { main: { endpoint: env('AZURE_OPENAI_ENDPOINT') } },
  deployments: {
    chat: { resource: 'main', deployment: 'gpt-5.6-luna', model: 'gpt-5.6-luna' },
    embed: { resource: 'main', deployment: 'text-embedding-3-small', model: 'text-embedding-3-small' },
  },
});
const azure = createClient(config); // signed in with Entra ID

const answer = await azure.chat.completions.create({
  model: 'chat', // a deployment or a pool of the config, checked by the compiler
  messages: [{ role: 'user', content: 'Say hello.' }],
});
console.log(answer.choices[0]?.message.content);

const stream = await azure.responses.create({ model: 'chat', input: 'Count to five.', stream: true });
for await (const event of stream) {
  if (event.type === 'response.output_text.delta') process.stdout.write(event.delta);
}

const { data } = await azure.embeddings.create({ model: 'embed', input: ['one', 'two'] });
console.log(`${data.length} vectors`);

await azure.close();
//#endregion
