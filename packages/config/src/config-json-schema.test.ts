import { expect, test } from 'vitest';
import { configJsonSchema } from './index.ts';

test('the published schema is that of the code: run vitest with -u to write it anew', async () => {
  await expect(`${JSON.stringify(configJsonSchema(), null, 2)}\n`).toMatchFileSnapshot('../schema.json');
});

test('describes every property, and offers the known words without excluding others', () => {
  const { definitions } = configJsonSchema() as {
    definitions: Record<
      string,
      { properties?: Record<string, { description?: string; anyOf?: { enum?: string[] }[] }> }
    >;
  };
  for (const [section, { properties = {} }] of Object.entries(definitions)) {
    if (section === 'env') continue;
    for (const [key, { description }] of Object.entries(properties)) {
      expect([section, key, description]).toEqual([
        section,
        key,
        expect.stringMatching(/^\S.+, for example .+\.$/),
      ]);
    }
  }
  const sku = definitions['deployment']?.properties?.['sku']?.anyOf;
  expect(sku?.[0]?.enum).toContain('DataZoneStandard');
  expect(sku?.[1]).toEqual({ type: 'string' });
});
