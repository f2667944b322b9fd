// The first call, the first stream and the first failover, signed in with Entra ID.
import { entraId } from '@aoai/auth';
import { createClient } from '@aoai/client';
import { rateLimited, startMockAzure } from '@aoai/testing';
import config from '../aoai.config.ts';
import { recordTimeline } from './timeline.ts';

// With no Azure settings the mock stands in: the same code, the same wire.
const mock = process.env.AZURE_OPENAI_ENDPOINT ? undefined : await startMockAzure({ config });
const azure = createClient(mock?.config ?? config, { credential: entraId(mock?.credential()) });
const hello = { messages: [{ role: 'user' as const, content: 'Hello world' }] };
console.log(`Azure OpenAI: ${mock ? `the mock at ${mock.endpoint}` : process.env.AZURE_OPENAI_ENDPOINT}`);

try {
  console.log('\n1. One call');
  const answer = await azure.chat.completions.create({ model: 'hello', ...hello });
  console.log(`   ${answer.choices[0]?.message.content}`);

  console.log('\n2. A stream');
  process.stdout.write('   ');
  for await (const chunk of await azure.chat.completions.create({ model: 'hello', ...hello, stream: true })) {
    process.stdout.write(chunk.choices[0]?.delta.content ?? '');
  }

  console.log('\n\n3. A failover');
  mock?.fail('busy', rateLimited({ retryAfterMs: 30_000 }));
  const timeline = recordTimeline(azure);
  const rescued = await azure.chat.completions.create({ model: 'chat', ...hello });
  for (const line of timeline.lines()) console.log(`   ${line}`);
  console.log(`   ${rescued.choices[0]?.message.content}`);
  if (!timeline.failedOver()) throw new Error('The call was expected to fail over from "busy" to "hello".');
} finally {
  await azure.close();
  await mock?.close();
}
