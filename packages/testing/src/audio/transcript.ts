import { sentences } from '../answer/sentences.ts';
import { splitTokens } from '../answer/tokens.ts';

/** A text and its duration. */
export interface Transcript {
  readonly text: string;
  readonly seconds: number;
}

interface Segment {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A transcript in one of the formats of the operation: a text, or an object to write as JSON. */
export function writeTranscript(
  { text, seconds }: Transcript,
  {
    format,
    task,
    language,
    granularities,
    usage,
  }: {
    readonly format: string;
    readonly task: 'transcribe' | 'translate';
    readonly language: string;
    readonly granularities: readonly string[];
    readonly usage: object | undefined;
  },
): string | object {
  const segments = timed(sentences(text), seconds);
  switch (format) {
    case 'text':
      return `${text}\n`;
    case 'srt':
      // With one more line break at its end (azure-sdk-for-python, test_audio.py).
      return `${segments
        .map(
          (each, index) =>
            `${index + 1}\n${clock(each.start, ',')} --> ${clock(each.end, ',')}\n${each.text}\n\n`,
        )
        .join('')}\n`;
    case 'vtt':
      return `WEBVTT\n\n${segments.map((each) => `${clock(each.start, '.')} --> ${clock(each.end, '.')}\n${each.text}\n\n`).join('')}`;
    case 'verbose_json':
      return {
        task,
        language,
        duration: round(seconds),
        text,
        ...(granularities.includes('word') && { words: wordsOf(text, seconds) }),
        ...((granularities.length === 0 || granularities.includes('segment')) && {
          segments: segments.map(writeSegment),
        }),
      };
    default:
      return { text, ...(usage !== undefined && { usage }) };
  }
}

/** Each part gets a share of the time by its length. */
function timed(parts: readonly string[], seconds: number): Segment[] {
  const letters = parts.reduce((sum, part) => sum + part.length, 0);
  let passed = 0;
  return parts.map((text) => {
    const start = round((passed / letters) * seconds);
    passed += text.length;
    return { text, start, end: round((passed / letters) * seconds) };
  });
}

function wordsOf(text: string, seconds: number): object[] {
  const parts = text.match(/[\p{L}\p{N}'’-]+/gu) ?? [];
  return timed(parts, seconds).map(({ text: word, start, end }) => ({ word, start, end }));
}

function writeSegment({ text, start, end }: Segment, id: number): object {
  const tokens = splitTokens(text).map((_, index) => 50_364 + index);
  const sureness = { temperature: 0, avg_logprob: -0.25, compression_ratio: 1.1, no_speech_prob: 0.01 };
  return { id, seek: 0, start, end, text, tokens, ...sureness };
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}

function clock(seconds: number, point: string): string {
  const ms = Math.round(seconds * 1000);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}${point}${String(ms % 1000).padStart(3, '0')}`;
}
