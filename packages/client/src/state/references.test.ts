import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CallRequest } from '../request/call-request.ts';
import { readRequest } from '../request/read-request.ts';
import { keyOfEncrypted, referencesIn, shown } from './references.ts';

const root = 'https://any.invalid/openai/v1';

function refersTo(path: string, body?: unknown) {
  return referencesIn(
    readRequest(`${root}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      body: body === undefined ? undefined : JSON.stringify(body),
    }) as CallRequest,
  );
}

/** Ids as Azure and OpenAI hand them out, whatever they begin with. */
const ids = [
  'resp_68a1f0c2b7d48190',
  'file-3c1b5d0e6a1f4d2f9d1a2b3c4d5e6f70',
  'assistant-M4gFZ3tYQ0b1c2d3e4f5g6',
  'batch_0f6a7c7e-2a2b-4b1e-9d65-6d2c1f6a9b10',
  'vs_abcDEF123456',
  'cntr_68a1f0c2',
  'conv_68a1f0c2',
  '9b0c6a1e-1f0a-4d3c-8a77-0d7f5b0c1a2e',
];
const anyId = fc.constantFrom(...ids);

describe('referencesIn', () => {
  test.each<[path: string, ids: string[]]>([
    ['/chat/completions', []],
    ['/responses/compact', []],
    ['/responses/input_tokens', []],
    ['/fine_tuning/jobs', []],
    ['/vector_stores', []],
    ['/models/gpt-5-mini', []],
    ['/responses/resp_abc', ['resp_abc']],
    ['/responses/resp_1/input_items', ['resp_1']],
    ['/files/assistant-M4gF/content', ['assistant-M4gF']],
    ['/files/file-1/content', ['file-1']],
    ['/containers/cntr_1/files/cfile_2/content', ['cntr_1', 'cfile_2']],
    ['/vector_stores/vs_1/file_batches/vsfb_2/files', ['vs_1', 'vsfb_2']],
    ['/evals/eval_1/runs/evalrun_2/output_items/outputitem_3', ['eval_1', 'evalrun_2', 'outputitem_3']],
    ['/threads/thread_1/runs/run_2/steps/step_3', ['thread_1', 'run_2', 'step_3']],
    ['/chat/completions/chatcmpl-9', ['chatcmpl-9']],
    ['/fine_tuning/jobs/ftjob-1/checkpoints', ['ftjob-1']],
    ['/ingestion/jobs/9b0c6a1e-1f0a', ['9b0c6a1e-1f0a']],
    ['/files?after=file-9&limit=2', ['file-9']],
    ['/batches?before=batch_9&limit=2', ['batch_9']],
    ['/responses/resp_1?stream=true&starting_after=12', ['resp_1']],
    ['/files?purpose=batch', []],
    ['/files?after=page-2', []],
    ['/files?after=file-8&before=file-9', ['file-8', 'file-9']],
    ['/batch_jobs/job-1', ['job-1']],
  ])('%s names %j', (path, things) => {
    expect(refersTo(path)).toEqual({ things, items: [] });
  });

  test.each<[what: string, body: unknown, things: string[]]>([
    ['a response before it', { previous_response_id: 'resp_1' }, ['resp_1']],
    ['a conversation by its id', { conversation: 'conv_1' }, ['conv_1']],
    ['a conversation as an object', { conversation: { id: 'conv_1' } }, ['conv_1']],
    ['a container by its id', { tools: [{ type: 'code_interpreter', container: 'cntr_1' }] }, ['cntr_1']],
    [
      'the files of a new container',
      { tools: [{ type: 'code_interpreter', container: { type: 'auto', file_ids: ['assistant-1'] } }] },
      ['assistant-1'],
    ],
    [
      'vector stores of a tool',
      { tools: [{ type: 'file_search', vector_store_ids: ['vs_1', 'vs_2'] }] },
      ['vs_1', 'vs_2'],
    ],
    [
      'a file in a message',
      { input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'assistant-1' }] }] },
      ['assistant-1'],
    ],
    [
      'the mask of a picture',
      { tools: [{ type: 'image_generation', input_image_mask: { file_id: 'file-1' } }] },
      ['file-1'],
    ],
    [
      'resources of tools',
      {
        tool_resources: {
          file_search: { vector_store_ids: ['vs_1'] },
          code_interpreter: { file_ids: ['file-1'] },
        },
      },
      ['vs_1', 'file-1'],
    ],
    ['attachments', { messages: [{ role: 'user', attachments: [{ file_id: 'file-1' }] }] }, ['file-1']],
    ['the input of a batch', { input_file_id: 'file-1', endpoint: '/chat/completions' }, ['file-1']],
    ['files of a training', { training_file: 'file-1', validation_file: 'file-2' }, ['file-1', 'file-2']],
    ['the data of an evaluation', { data_source: { source: { type: 'file_id', id: 'file-1' } } }, ['file-1']],
    ['the assistant of a run', { assistant_id: 'asst_1' }, ['asst_1']],
    ['what is text in a list of ids', { file_ids: [7, null, 'file-1', {}] }, ['file-1']],
  ])('finds %s', (_, body, things) => {
    expect(refersTo('/responses', body).things).toEqual(things);
    expect(refersTo('/anything', body).things).toEqual(things);
  });

  test('finds files and sound in a chat', () => {
    const messages = [
      { role: 'assistant', audio: { id: 'audio_1' } },
      { role: 'user', content: [{ type: 'file', file: { file_id: 'assistant-1' } }] },
    ];
    expect(refersTo('/chat/completions', { messages }).things).toEqual(['audio_1', 'assistant-1']);
    const [sound, file] = messages;
    expect(refersTo('/chat/completions', { messages: [sound] }).things).toEqual(['audio_1']);
    expect(refersTo('/chat/completions', { messages: [file] }).things).toEqual(['assistant-1']);
  });

  test('finds the items that a conversation repeats, and what is encrypted in them', () => {
    const encrypted = `gAAAAA${'x'.repeat(900)}`;
    const input = [
      { role: 'user', content: 'Hello' },
      { type: 'reasoning', id: 'rs_1', encrypted_content: encrypted, summary: [] },
      { type: 'message', id: 'msg_2', role: 'assistant', content: [] },
      { type: 'item_reference', id: 'fc_3' },
      { type: 'mcp_approval_response', approval_request_id: 'mcpr_4', approve: true },
      { type: 'compaction', encrypted_content: 'gAAAA2' },
    ];
    expect(refersTo('/responses', { input })).toEqual({
      things: ['fc_3'],
      items: ['rs_1', 'msg_2', keyOfEncrypted(encrypted), 'mcpr_4', keyOfEncrypted('gAAAA2')],
    });
  });

  test.each(['input', 'items'])('in `%s` tells what is only referred to from what is repeated', (field) => {
    const list = [
      { id: 'rs_1' },
      { id: 'rs_2', type: null },
      { id: 'rs_3', type: 'item_reference' },
      { id: 'msg_4', role: 'assistant', content: [] },
      { id: 'rs_5', type: 'reasoning' },
      null,
      7,
      'text',
    ];
    expect(refersTo('/conversations/conv_1/items', { [field]: list })).toEqual({
      things: ['conv_1', 'rs_1', 'rs_2', 'rs_3'],
      items: ['msg_4', 'rs_5'],
    });
  });

  test.each([
    ['an object of another name', { reasoning: { id: 'rs_1' }, conversation: null, prompt: 7 }],
    ['metadata', { metadata: { file_id: 'file-1', previous_response_id: 'resp_1' } }],
    ['attributes of a file', { attributes: { file_id: 'file-1' } }],
    ['the schema of a tool', { tools: [{ parameters: { default: { file_id: 'file-1' } } }] }],
    ['variables of a prompt', { prompt: { variables: { file_id: 'file-1' } } }],
    [
      'calls of tools',
      { input: [{ type: 'function_call', call_id: 'call_1', arguments: '{"file_id":"file-1"}' }] },
    ],
    ['text', { input: 'Read "file_id":"file-1".' }],
  ])('finds nothing in %s', (_, body) => {
    expect(refersTo('/responses', body)).toEqual({ things: [], items: [] });
  });

  test('finds nothing in an ordinary chat, whatever its tools are called', () => {
    const messages = [
      { role: 'assistant', tool_calls: [{ id: 'call_1', function: { name: 'file_id', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'call_1', content: 'file-1' },
    ];
    expect(refersTo('/chat/completions', { messages })).toEqual({ things: [], items: [] });
  });

  test('finds an id in any place where a request may name it', () => {
    const wrap = (value: object, depth: number): object =>
      depth === 0 ? value : { tools: [{ type: 'x', nested: wrap(value, depth - 1) }] };
    fc.assert(
      fc.property(
        anyId,
        fc.constantFrom('file_id', 'previous_response_id', 'container', 'vector_store_id', 'input_file_id'),
        fc.integer({ min: 0, max: 4 }),
        fc.boolean(),
        (id, field, depth, isList) => {
          const value = isList ? { [`file_ids`]: ['file-other', id] } : { [field]: id };
          expect(refersTo('/responses', wrap(value, depth)).things).toContain(id);
          expect(refersTo(`/things/${id}/content`).things).toEqual([id]);
        },
      ),
    );
  });

  test('goes only so deep, so that no body overflows the stack', () => {
    const body = `${'{"a":'.repeat(1_000)}{"file_id":"file-1"}${'}'.repeat(1_000)}`;
    const request = readRequest(`${root}/responses`, { method: 'POST', body }) as CallRequest;
    expect(request.json).toBeDefined();
    expect(referencesIn(request)).toEqual({ things: [], items: [] });
  });

  test.each([
    ['objects', (value: object) => ({ a: value })],
    ['lists', (value: object) => [value]],
  ])('finds what lies in sixteen %s, and nothing deeper', (_, wrap) => {
    const within = (depth: number) => {
      let value: object = { file_id: 'file-1' };
      for (let level = 1; level < depth; level += 1) value = wrap(value);
      return refersTo('/responses', { a: value }).things;
    };
    expect([within(16), within(17), within(1_000)]).toEqual([['file-1'], [], []]);
  });
});

describe('keyOfEncrypted', () => {
  test('tells contents apart by their ends and lengths, and stays short', () => {
    const long = 'a'.repeat(10_000);
    expect(keyOfEncrypted(`${long}b`)).not.toBe(keyOfEncrypted(`${long}c`));
    expect(keyOfEncrypted(`${long}b`)).not.toBe(keyOfEncrypted(`a${long}b`));
    expect(keyOfEncrypted(long).length).toBeLessThan(80);
  });

  test('is not shown to anybody', () => {
    expect(shown(keyOfEncrypted('gAAAA'))).toBe('the encrypted content');
    expect(shown('resp_1')).toBe('"resp_1"');
  });
});
