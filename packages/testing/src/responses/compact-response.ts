import { summary } from '../answer/tasks.ts';
import { countTokens } from '../answer/tokens.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import { missing } from '../service/parameter.ts';
import { json, type WireResponse } from '../service/wire-response.ts';
import { encryptContent } from './encrypted-content.ts';
import { readItems, type Item } from './items.ts';
import { readMessages, textOf } from './read-messages.ts';
import { previousOf } from './read-prompt.ts';
import { history, responseStore } from './response-store.ts';

/**
 * Answers `POST /responses/compact`: the user's messages unchanged, and the rest in one item that only the service
 * can read.
 */
export function compactResponse(request: DeploymentRequest): WireResponse {
  const { body, random, resource, dateMs } = request;
  if (body['input'] === undefined && body['previous_response_id'] === undefined) throw missing('input');
  const previous = previousOf(request);
  const { items: kept } = resource.state(responseStore);
  const items = [...history(previous), ...readItems(body['input'], request, (id) => kept.get(id))];
  // Only messages have a role.
  const asked = items.filter((item) => item['role'] === 'user');
  const said = readMessages(
    items.filter((item) => !asked.includes(item)),
    request,
  );
  const compaction: Item = {
    id: random.id('cmp_', 50),
    type: 'compaction',
    encrypted_content: encryptContent(request, summary(textOf(said), '10 sentences')),
  };
  const inputTokens = countTokens(textOf(readMessages(items, request)) + textOf(body['instructions']));
  const outputTokens = countTokens(String(compaction['encrypted_content']));
  return json(
    {
      id: random.id('resp_', 50),
      object: 'response.compaction',
      created_at: Math.floor(dateMs / 1000),
      output: [...asked, compaction],
      usage: {
        input_tokens: inputTokens,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens: outputTokens,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: inputTokens + outputTokens,
      },
    },
    { usedTokens: { tokens: inputTokens + outputTokens } },
  );
}
