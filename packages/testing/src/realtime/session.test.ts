import { describe, expect, test } from 'vitest';
import { asking } from '../responses/asking.fake.ts';
import { isSpoken, newSession, updateSession } from './session.ts';

describe('an update of a session', () => {
  const audio = { input: { format: 'pcm', noise: null }, output: { voice: 'alloy', speed: 1 } };
  const session = { type: 'realtime', tools: [{ name: 'f' }], audio, prompt: { id: 'p' }, tracing: null };

  test.each<[string, object, object]>([
    ['leaves the rest as it is', {}, {}],
    ['replaces a value', { type: 'transcription' }, { type: 'transcription' }],
    ['adds a value', { include: ['x'] }, { include: ['x'] }],
    ['replaces a list', { tools: [] }, { tools: [] }],
    ['replaces an object that is no group', { prompt: { version: '2' } }, { prompt: { version: '2' } }],
    [
      'merges what is heard and what is spoken',
      { audio: { input: { noise: 'near' }, output: { voice: 'marin' } } },
      { audio: { input: { format: 'pcm', noise: 'near' }, output: { voice: 'marin', speed: 1 } } },
    ],
    [
      'merges one of them',
      { audio: { output: { speed: 2 } } },
      { audio: { ...audio, output: { voice: 'alloy', speed: 2 } } },
    ],
    ['replaces a group by what is none', { audio: null }, { audio: null }],
    [
      'replaces inside a group what is no group',
      { audio: { input: null } },
      { audio: { ...audio, input: null } },
    ],
    ['takes a group where there was none', { output: { voice: 'marin' } }, { output: { voice: 'marin' } }],
  ])('%s', (_, update, changed) => {
    expect(updateSession(session, { ...update })).toEqual({ ...session, ...changed });
  });
});

test.each<[object, boolean]>([
  [{ output_modalities: ['audio'] }, true],
  [{ output_modalities: ['text'] }, false],
  [{ modalities: ['text', 'audio'] }, true],
  [{ modalities: ['text'] }, false],
  [{ output_modalities: ['text'], modalities: ['audio'] }, false],
  [{ output_modalities: 'audio' }, false],
  [{}, false],
])('the answers of %j are spoken: %s', (session, spoken) => {
  expect(isSpoken({ ...session })).toBe(spoken);
});

const detection = {
  type: 'server_vad',
  threshold: 0.5,
  prefix_padding_ms: 300,
  silence_duration_ms: 200,
  create_response: true,
  interrupt_response: true,
};

test('a new session listens, speaks, and ends in half an hour', () => {
  const request = asking({}, { model: 'gpt-realtime' });
  const head = {
    id: expect.stringMatching(/^sess_\w{21}$/) as string,
    object: 'realtime.session',
    model: request.deployment.servedModel,
    expires_at: Date.UTC(2026, 10, 30) / 1000 + 1800,
    instructions: '',
    tools: [],
    tool_choice: 'auto',
  };
  const format = { type: 'audio/pcm', rate: 24_000 };
  expect(newSession(request, 'ga')).toEqual({
    ...head,
    type: 'realtime',
    output_modalities: ['audio'],
    max_output_tokens: 'inf',
    tracing: null,
    truncation: 'auto',
    prompt: null,
    audio: {
      input: { format, transcription: null, noise_reduction: null, turn_detection: detection },
      output: { format, voice: 'alloy', speed: 1 },
    },
    include: null,
  });
  expect(newSession(request, 'preview')).toEqual({
    ...head,
    modalities: ['audio', 'text'],
    voice: 'alloy',
    input_audio_format: 'pcm16',
    output_audio_format: 'pcm16',
    input_audio_transcription: null,
    turn_detection: detection,
    temperature: 0.8,
    max_response_output_tokens: 'inf',
  });
});
