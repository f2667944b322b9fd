import { catalog } from '@aoai/config';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitParameters } from './fit-parameters.ts';

const chat = (model: string, json: Record<string, unknown>, api = 'v1') =>
  fitParameters({ operation: 'chat', json, model, api });
const responses = (model: string, json: Record<string, unknown>) =>
  fitParameters({ operation: 'responses', json, model, api: 'v1' });

describe('fitParameters', () => {
  test('renames the limit of output for a model that refuses `max_tokens`', () => {
    expect(chat('gpt-5-mini', { max_tokens: 100 })).toEqual({
      json: { max_completion_tokens: 100 },
      changes: [{ parameter: 'max_tokens', action: 'renamed', to: 'max_completion_tokens' }],
    });
    expect(chat('gpt-5-mini', { max_tokens: 100, max_completion_tokens: 50 })).toEqual({
      json: { max_completion_tokens: 50 },
      changes: [{ parameter: 'max_tokens', action: 'removed' }],
    });
  });

  test('renames it back for an api-version that does not know the new name', () => {
    expect(chat('gpt-4.1', { max_completion_tokens: 100 }, '2024-02-01')).toEqual({
      json: { max_tokens: 100 },
      changes: [{ parameter: 'max_completion_tokens', action: 'renamed', to: 'max_tokens' }],
    });
    const json = { max_completion_tokens: 100 };
    expect(chat('gpt-4.1', json, '2025-04-01-preview')).toEqual({ json, changes: [] });
    expect(chat('gpt-4.1', { max_tokens: 100 })).toEqual({ json: { max_tokens: 100 }, changes: [] });
  });

  test('renames it for no model that refuses the old name, and for no api-version that is not known', () => {
    const json = { max_completion_tokens: 5 };
    expect(chat('gpt-5-mini', json, '2024-02-01')).toEqual({ json, changes: [] });
    expect(chat('gpt-4.1', json, '2099-01-01')).toEqual({ json, changes: [] });
  });

  test('renames nothing in a request for a response, which has another name for it', () => {
    expect(responses('gpt-5-mini', { max_tokens: 5 })).toEqual({
      json: {},
      changes: [{ parameter: 'max_tokens', action: 'removed' }],
    });
  });

  test.each([
    ['gpt-5-mini', { temperature: null, reasoning_effort: null, reasoning: null }],
    ['gpt-5-mini', { reasoning: { summary: 'auto' }, reasoning_effort: 'odd' }],
    ['gpt-4.1', { reasoning_effort: null, reasoning: null, max_tokens: null }],
  ])('for %s leaves %j as it is, the same object', (model, json) => {
    expect(chat(model, json).json).toBe(json);
    expect(responses(model, json).json).toBe(json);
  });

  test('lowers a limit that is above that of the model, and no other', () => {
    expect(chat('gpt-4.1', { max_completion_tokens: 32_769 })).toEqual({
      json: { max_completion_tokens: 32_768 },
      changes: [{ parameter: 'max_completion_tokens', action: 'changed', value: 32_768 }],
    });
    expect(chat('gpt-4.1', { max_completion_tokens: 32_768 }).changes).toEqual([]);
    expect(responses('gpt-4.1', { max_output_tokens: 100_000 }).json).toEqual({ max_output_tokens: 32_768 });
  });

  test('leaves out what the model refuses, but for values that say nothing', () => {
    const { json, changes } = chat('gpt-5-mini', {
      temperature: 0,
      top_p: 1,
      presence_penalty: 0.5,
      seed: 7,
    });
    expect(json).toEqual({ top_p: 1, seed: 7 });
    expect(changes).toEqual([
      { parameter: 'temperature', action: 'removed' },
      { parameter: 'presence_penalty', action: 'removed' },
    ]);
    expect(chat('gpt-4.1', { temperature: 0 }).changes).toEqual([]);
  });

  test.each([
    ['gpt-5-mini', 'none', 'minimal'],
    ['gpt-5-mini', 'xhigh', 'high'],
    ['gpt-5.1', 'minimal', 'none'],
    ['o3', 'minimal', 'low'],
    ['o3', 'max', 'high'],
  ])('asks %s, which does not know the effort %s, for %s', (model, effort, value) => {
    expect(chat(model, { reasoning_effort: effort })).toEqual({
      json: { reasoning_effort: value },
      changes: [{ parameter: 'reasoning_effort', action: 'changed', value }],
    });
    expect(responses(model, { reasoning: { effort, summary: 'auto' } })).toEqual({
      json: { reasoning: { effort: value, summary: 'auto' } },
      changes: [{ parameter: 'reasoning.effort', action: 'changed', value }],
    });
  });

  test('asks a model that does not reason for no effort', () => {
    expect(chat('gpt-4.1', { reasoning_effort: 'low' })).toEqual({
      json: {},
      changes: [{ parameter: 'reasoning_effort', action: 'removed' }],
    });
    expect(responses('gpt-4.1', { reasoning: { effort: 'low' } }).json).toEqual({});
  });

  test('changes nothing for a model that the catalogue does not know, nor in other operations', () => {
    const json = { max_tokens: 1, temperature: 0, reasoning_effort: 'max' };
    expect(chat('gpt-9', json)).toEqual({ json, changes: [] });
    expect(fitParameters({ operation: 'embeddings', json, model: 'gpt-5', api: 'v1' })).toEqual({
      json,
      changes: [],
    });
  });

  test('a body that was fitted fits, whatever the model', () => {
    const parameter = fc.record(
      {
        max_tokens: fc.nat(2_000_000),
        max_completion_tokens: fc.nat(2_000_000),
        temperature: fc.double({ min: 0, max: 2 }),
        top_p: fc.constantFrom(0.5, 1),
        logprobs: fc.boolean(),
        reasoning_effort: fc.constantFrom('none', 'minimal', 'low', 'high', 'xhigh', 'max', 'odd'),
        reasoning: fc.record({ effort: fc.constantFrom('none', 'max') }),
      },
      { requiredKeys: [] },
    );
    const model = fc.constantFrom(...Object.keys(catalog.models.entries));
    const operation = fc.constantFrom('chat' as const, 'responses' as const);
    fc.assert(
      fc.property(parameter, model, operation, (...[json, name, kind]) => {
        const before = structuredClone(json);
        const once = fitParameters({ operation: kind, json, model: name, api: 'v1' });
        expect(json).toEqual(before);
        expect(fitParameters({ operation: kind, json: once.json, model: name, api: 'v1' }).changes).toEqual(
          [],
        );
      }),
    );
  });
});
