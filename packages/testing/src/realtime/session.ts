import { isRecord } from '../answer/records.ts';
import type { DeploymentRequest } from '../service/operation.ts';

type Json = Readonly<Record<string, unknown>>;

/** A session as the wire has it, in the shape of the generally available API or of its preview. */
export type Session = Json;

/** Which shape a connection uses: v1 is generally available, dated versions are previews. */
export type Dialect = 'ga' | 'preview';

const voiceDetection = {
  type: 'server_vad',
  threshold: 0.5,
  prefix_padding_ms: 300,
  silence_duration_ms: 200,
  create_response: true,
  interrupt_response: true,
};

/** The first session of a connection. */
export function newSession({ random, deployment, dateMs }: DeploymentRequest, dialect: Dialect): Session {
  const head = { id: random.id('sess_', 21), object: 'realtime.session', model: deployment.servedModel };
  const expires_at = Math.floor(dateMs / 1000) + 1800;
  if (dialect === 'preview') {
    return {
      ...head,
      expires_at,
      modalities: ['audio', 'text'],
      instructions: '',
      voice: 'alloy',
      input_audio_format: 'pcm16',
      output_audio_format: 'pcm16',
      input_audio_transcription: null,
      turn_detection: voiceDetection,
      tools: [],
      tool_choice: 'auto',
      temperature: 0.8,
      max_response_output_tokens: 'inf',
    };
  }
  const format = { type: 'audio/pcm', rate: 24_000 };
  return {
    type: 'realtime',
    ...head,
    output_modalities: ['audio'],
    instructions: '',
    tools: [],
    tool_choice: 'auto',
    max_output_tokens: 'inf',
    tracing: null,
    truncation: 'auto',
    prompt: null,
    expires_at,
    audio: {
      input: { format, transcription: null, noise_reduction: null, turn_detection: voiceDetection },
      output: { format, voice: 'alloy', speed: 1 },
    },
    include: null,
  };
}

/** Applies an update to a session; groups are merged, other values replaced. */
export function updateSession(session: Session, update: Json): Session {
  const merged: Record<string, unknown> = { ...session };
  for (const [name, value] of Object.entries(update)) {
    const before = session[name];
    const isGroup =
      (name === 'audio' || name === 'input' || name === 'output') && isRecord(before) && isRecord(value);
    merged[name] = isGroup ? updateSession(before, value) : value;
  }
  return merged;
}

/** Whether answers of a session are spoken. */
export function isSpoken(session: Session): boolean {
  const modalities = session['output_modalities'] ?? session['modalities'];
  return Array.isArray(modalities) && modalities.includes('audio');
}
