import { summary } from '../answer/tasks.ts';
import { countTokens } from '../answer/tokens.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import { missing, refuse } from '../service/parameter.ts';
import { json, type WireResponse } from '../service/wire-response.ts';
import { encryptContent } from './encrypted-content.ts';
import { readItems, type Item } from './items.ts';
import { readMessages, textOf } from './read-messages.ts';
import { history, responseStore } from './response-store.ts';

/**
 * Answers `POST /responses/compact`: the user's messages unchanged, and the rest in one item that only the service
 * can read.
 */
export function compactResponse(request: DeploymentRequest): WireResponse {
  const { body, random, resource, dateMs } = request;
  const previousId = body['previous_response_id'];
  if (body['input'] === undefined && previousId === undefined) throw missing('input');
  const previous =
    typeof previousId === 'string' ? resource.state(responseStore).responses.get(previousId) : undefined;
  if (typeof previousId === 'string' && previous === undefined) {
    throw refuse(
      `Previous response with id '${previousId.slice(0, 200)}' not found.`,
      'previous_response_id',
      'previous_response_not_found',
    );
  }
  const { items: kept } = resource.state(responseStore);
  const items = [...history(previous), ...readItems(body['input'], request, (id) => kept.get(id))];
  const asked = items.filter((item) => item.type === 'message' && item['role'] === 'user');
  const said = readMessages(
    items.filter((item) => !asked.includes(item)),
    request,
  );
  const text = said
    .map((message) => message.text)
    .filter((each) => each !== '')
    .join('\n');
  const compaction: Item = {
    id: random.id('cmp_', 50),
    type: 'compaction',
    encrypted_content: encryptContent(request, text === '' ? '' : summary(text, '10 sentences')),
  };
  const inputTokens = countTokens(
    readMessages(items, request)
      .map((message) => message.text)
      .join('\n') + textOf(body['instructions']),
  );
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
