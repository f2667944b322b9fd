import { expect, test } from 'vitest';
import { blockedPrompt, blockedPromptInside } from './blocked-prompt.ts';
import type { FilterResults } from './filter-results.ts';

const results: FilterResults = {
  custom_blocklists: [{ filtered: true, id: 'names' }],
  hate: { filtered: false, severity: 'safe' },
  jailbreak: { detected: true, filtered: true },
};

const message =
  "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766";

function textOf(response: ReturnType<typeof blockedPrompt>): unknown {
  return response.kind === 'json' ? response.text : undefined;
}

test('a blocked prompt is a 400, byte for byte, in which a detector says first what it filtered', () => {
  expect(blockedPrompt(results).status).toBe(400);
  expect(textOf(blockedPrompt(results))).toBe(
    `{"error":{"message":"${message}","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"custom_blocklists":[{"filtered":true,"id":"names"}],"hate":{"filtered":false,"severity":"safe"},"jailbreak":{"filtered":true,"detected":true}}}}}`,
  );
});

test('for pictures the reasons come first, in the order of answers, and the message breaks', () => {
  expect(blockedPromptInside(results).status).toBe(400);
  expect(textOf(blockedPromptInside(results))).toBe(
    `{"error":{"inner_error":{"code":"ResponsibleAIPolicyViolation","content_filter_results":${JSON.stringify(results)}},"code":"content_filter","message":"${message.replace('documentation: ', 'documentation: \\r\\n')}.","param":"prompt","type":null}}`,
  );
});
