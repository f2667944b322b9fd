import { describe, expect, test } from 'vitest';
import { isNotHere } from './not-here.ts';

const said = (message: string, code: string | null = null) =>
  JSON.stringify({ error: { message, type: 'invalid_request_error', param: null, code } });

describe('isNotHere', () => {
  // Words of the service, of public reports: microsoft/agent-framework#6419, BerriAI/litellm#18094 and #25759,
  // openclaw/openclaw#21782, openai/codex#3573.
  test.each([
    [400, "Previous response with id 'resp_1' not found.", 'previous_response_not_found'],
    [400, 'The encrypted content gAAA...DQ== could not be verified.', 'invalid_encrypted_content'],
    [400, 'The encrypted content for item rs_1 could not be verified.', null],
    [400, "Item with id 'rs_1' not found. Items are not persisted when `store` is set to false.", null],
    [
      400,
      'Files [assistant-1] were not found due to ownership verification failure. Ensure the same AOAI resource is used to create and access files.',
      null,
    ],
    [400, "No file found with id 'file-1'.", 'invalid_value'],
    [400, 'No such File object: file-1', null],
    [400, 'Vector stores with ids vs_1 do not exist.', null],
    [400, "Container with id 'cntr_1' not found.", null],
    [400, "Conversation with id 'conv_1' not found.", 'conversation_not_found'],
    [400, 'The thing resp_1 was not found.', null],
    [400, 'Cannot find the batch.', 'notFound'],
    [404, "Response with id 'resp_1' not found.", null],
    [404, 'Resource not found', '404'],
    [404, '', null],
    [422, "Item with id 'rs_1' not found.", null],
    [200, "Previous response with id 'resp_1' not found.", 'previous_response_not_found'],
  ])('%i %j is not here', (status, message, code) => {
    const body = said(message, code);
    expect(isNotHere({ status, code: code ?? undefined, body }, ['resp_1'])).toBe(true);
  });

  test.each([
    [400, "Tool choice 'file_search' not found in 'tools' parameter.", null],
    [400, 'No tool output found for function call call_1.', null],
    [400, "Invalid parameter: 'tool_call_id' of 'x' not found in 'tool_calls' of previous message.", null],
    [400, "The model 'x' does not exist.", 'model_not_found'],
    [400, "Invalid 'previous_response_id': 'x'. Expected an ID that begins with 'resp'.", 'invalid_value'],
    [400, 'The response was filtered due to the prompt.', 'content_filter'],
    [400, 'This model has a maximum context length of 128000 tokens.', 'context_length_exceeded'],
    [404, 'The API deployment for this resource does not exist.', 'DeploymentNotFound'],
    [404, 'Unknown model: x', 'unknown_model'],
    [403, "Item with id 'rs_1' not found.", null],
    [409, 'The conversation is locked.', null],
    [500, "Item with id 'rs_1' not found.", null],
    [undefined, "Item with id 'rs_1' not found.", null],
  ])('%s %j is a word on the request', (status, message, code) => {
    const body = said(message, code);
    expect(isNotHere({ status, code: code ?? undefined, body }, ['resp_1'])).toBe(false);
  });

  test('reads the message of an event in a stream', () => {
    const event = { type: 'error', error: { code: null, message: "Item with id 'rs_1' not found." } };
    expect(isNotHere({ status: 200, code: undefined, body: `data: ${JSON.stringify(event)}\n\n` }, [])).toBe(
      true,
    );
  });

  test.each([
    ['with white space around it', '{"error": {"message" : \n"Item with id rs_1 not found."}}'],
    ['as a detail', '{"detail":"Item with id rs_1 not found."}'],
    ['with quotes in it', String.raw`{"message":"Item \"rs_1\" not found."}`],
    ['beside another', '{"message":"Bad request.","errors":[{"message":"Item rs_1 not found."}]}'],
  ])('reads a message %s', (_, body) => {
    expect(isNotHere({ status: 400, code: undefined, body }, [])).toBe(true);
  });

  test('reads the message, and nothing else of a body that has one', () => {
    const body = '{"error":{"message":"Invalid value.","param":"file not found"}}';
    expect(isNotHere({ status: 400, code: undefined, body }, [])).toBe(false);
  });

  test('it is enough that one of the references is missing', () => {
    const body = said('resp_2 was not found.');
    expect(isNotHere({ status: 400, code: undefined, body }, ['resp_1', 'resp_2', 'resp_3'])).toBe(true);
    expect(isNotHere({ status: 400, code: undefined, body }, ['resp_1', 'resp_3'])).toBe(false);
    expect(isNotHere({ status: 400, code: undefined, body }, [])).toBe(false);
  });

  test('of a text that is no JSON reads the beginning', () => {
    const words = 'File not found';
    const after = (length: number) =>
      isNotHere({ status: 400, code: undefined, body: `${' '.repeat(length)}${words}` }, []);
    expect([after(2_000 - words.length), after(2_001 - words.length)]).toEqual([true, false]);
  });

  test('reads what is no JSON', () => {
    expect(isNotHere({ status: 400, code: undefined, body: 'File not found' }, [])).toBe(true);
  });
});
