import { countTokens, splitTokens } from '../answer/tokens.ts';
import { readForm, type Form } from '../files/multipart.ts';
import type { DeploymentOperation, DeploymentRequest, Operation } from '../service/operation.ts';
import { checkParameters, missing, wrongValue, type Rules } from '../service/parameter.ts';
import { bytes, done, frame, json, stream, type WireResponse } from '../service/wire-response.ts';
import { record, transcribe } from './recording.ts';
import { writeTranscript } from './transcript.ts';

/** Speech from text, and text from speech. */
export const audioOperations: readonly Operation[] = [
  {
    name: 'Audio_Speech',
    method: 'POST',
    v1: '/audio/speech',
    dated: '/deployments/{deployment}/audio/speech',
    since: '2024-02-15-preview',
    target: 'deployment',
    capability: 'speech',
    estimate: () => ({ tokens: 0 }),
    handle: speak,
  },
  listening('Audio_Transcriptions', '/audio/transcriptions', 'transcribe'),
  listening('Audio_Translations', '/audio/translations', 'translate'),
];

function listening(name: string, path: string, task: 'transcribe' | 'translate'): DeploymentOperation {
  return {
    name,
    method: 'POST',
    v1: path,
    dated: `/deployments/{deployment}${path}`,
    since: '2023-09-01-preview',
    reads: 'raw',
    target: 'deployment',
    capability: 'transcriptions',
    deploymentOf: (request) => request.params['deployment'] ?? readForm(request).text('model'),
    estimate: () => ({ tokens: 0 }),
    handle: (request) => listen(request, task),
  };
}

const formats = ['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'];

const speechRules: Rules = new Map([
  ['model', { type: 'string' }],
  ['input', { type: 'string', maxLength: 4096 }],
  ['voice', { type: 'any' }],
  ['instructions', { type: 'string' }],
  ['response_format', { type: 'string', oneOf: formats }],
  ['speed', { type: 'decimal', min: 0.25, max: 4 }],
  ['stream_format', { type: 'string', oneOf: ['sse', 'audio'] }],
] as const);

function speak(request: DeploymentRequest): WireResponse {
  checkParameters(request, speechRules);
  const { body } = request;
  const { input } = body;
  if (typeof input !== 'string' || input === '') throw missing('input');
  if (body['voice'] === undefined) throw missing('voice');
  const format = typeof body['response_format'] === 'string' ? body['response_format'] : 'mp3';
  const { bytes: sound, contentType } = record(
    input,
    format,
    typeof body['speed'] === 'number' ? body['speed'] : 1,
  );
  const tokens = countTokens(input);
  const usedTokens = { tokens: tokens * 2 };
  if (body['stream_format'] !== 'sse') return bytes(sound, contentType, { usedTokens });
  const usage = { input_tokens: tokens, output_tokens: tokens, total_tokens: tokens * 2 };
  return stream(
    [
      ...pieces(sound).map((piece) => frame({ type: 'speech.audio.delta', audio: piece.toString('base64') })),
      frame({ type: 'speech.audio.done', usage }),
    ],
    { usedTokens },
  );
}

function pieces(sound: Buffer): Buffer[] {
  const size = 16_384;
  return Array.from({ length: Math.ceil(sound.length / size) }, (_, index) =>
    sound.subarray(index * size, (index + 1) * size),
  );
}

const transcriptFormats = ['json', 'text', 'srt', 'verbose_json', 'vtt', 'diarized_json'];

function listen(request: DeploymentRequest, task: 'transcribe' | 'translate'): WireResponse {
  const form = readForm(request);
  const file = form.file('file');
  if (file === undefined) throw missing('file');
  const format = form.text('response_format') ?? 'json';
  if (!transcriptFormats.includes(format)) throw wrongValue('response_format', transcriptFormats, format);
  const scripted = request.scripted?.content;
  const heard = transcribe(file.bytes, file.name);
  const transcript = { ...heard, text: scripted ?? heard.text };
  const usage = usageOf(request, transcript);
  if (form.text('stream') === 'true') return streamed(transcript.text, usage);
  const written = writeTranscript(transcript, {
    format,
    task,
    language: languageOf(form, task),
    granularities: [...form.texts('timestamp_granularities[]'), ...form.texts('timestamp_granularities')],
    usage,
  });
  if (typeof written === 'object') return json(written);
  return bytes(Buffer.from(written), 'text/plain; charset=utf-8');
}

/** Newer models count tokens, whisper does not count at all. */
function usageOf(
  { deployment }: DeploymentRequest,
  { text, seconds }: { text: string; seconds: number },
): object | undefined {
  if (deployment.model.startsWith('whisper')) return undefined;
  const audio = Math.ceil(seconds * 10);
  const output = countTokens(text);
  return {
    type: 'tokens',
    input_tokens: audio,
    input_token_details: { audio_tokens: audio, text_tokens: 0 },
    output_tokens: output,
    total_tokens: audio + output,
  };
}

function streamed(text: string, usage: object | undefined): WireResponse {
  return stream([
    ...splitTokens(text).map((delta) => frame({ type: 'transcript.text.delta', delta })),
    frame({ type: 'transcript.text.done', text, ...(usage !== undefined && { usage }) }),
    done,
  ]);
}

const languages: Readonly<Record<string, string>> = {
  en: 'english',
  de: 'german',
  fr: 'french',
  es: 'spanish',
  it: 'italian',
  sv: 'swedish',
};

function languageOf(form: Form, task: 'transcribe' | 'translate'): string {
  const asked = form.text('language') ?? 'en';
  return task === 'translate'
    ? 'english'
    : Object.hasOwn(languages, asked)
      ? (languages[asked] ?? asked)
      : asked;
}
