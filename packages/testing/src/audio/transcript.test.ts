import { expect, test } from 'vitest';
import { splitTokens } from '../answer/tokens.ts';
import { writeTranscript } from './transcript.ts';

const text = 'Good morning. The meeting begins.';
const usage = { type: 'tokens' };
const options = {
  format: 'json',
  task: 'transcribe',
  language: 'english',
  granularities: [] as readonly string[],
  usage: undefined as object | undefined,
} as const;

const write = (more: Partial<typeof options> | object, seconds = 4, said = text) =>
  writeTranscript({ text: said, seconds }, { ...options, ...more });

test.each(['json', 'diarized_json'])('%s has the text and what it cost', (format) => {
  expect(write({ format })).toEqual({ text });
  expect(write({ format, usage })).toEqual({ text, usage });
});

test('a text ends with a line break', () => {
  expect(write({ format: 'text' })).toBe(`${text}\n`);
});

// The first sentence has 13 of 32 letters.
test('subtitles give each sentence its share of the time', () => {
  expect(write({ format: 'srt' })).toBe(
    '1\n00:00:00,000 --> 00:00:01,630\nGood morning.\n\n2\n00:00:01,630 --> 00:00:04,000\nThe meeting begins.\n\n\n',
  );
  expect(write({ format: 'vtt' })).toBe(
    'WEBVTT\n\n00:00:00.000 --> 00:00:01.630\nGood morning.\n\n00:00:01.630 --> 00:00:04.000\nThe meeting begins.\n\n',
  );
});

test.each([
  [59.994, '00:00:59,990'],
  [60, '00:01:00,000'],
  [3599.5, '00:59:59,500'],
  [3600, '01:00:00,000'],
  [45_296.07, '12:34:56,070'],
])('subtitles write %f seconds as %s', (seconds, clock) => {
  expect(write({ format: 'srt' }, seconds, 'Hi.')).toBe(`1\n00:00:00,000 --> ${clock}\nHi.\n\n\n`);
});

const segment = (id: number, said: string, start: number, end: number) => ({
  id,
  seek: 0,
  start,
  end,
  text: said,
  tokens: splitTokens(said).map((_, index) => 50_364 + index),
  temperature: 0,
  avg_logprob: -0.25,
  compression_ratio: 1.1,
  no_speech_prob: 0.01,
});
const segments = [segment(0, 'Good morning.', 0, 1.63), segment(1, 'The meeting begins.', 1.63, 4)];
// The words have 27 letters.
const words = [
  { word: 'Good', start: 0, end: 0.59 },
  { word: 'morning', start: 0.59, end: 1.63 },
  { word: 'The', start: 1.63, end: 2.07 },
  { word: 'meeting', start: 2.07, end: 3.11 },
  { word: 'begins', start: 3.11, end: 4 },
];
const verbose = { task: 'transcribe', language: 'english', duration: 4, text };

test.each<[string[], object]>([
  [[], { ...verbose, segments }],
  [['segment'], { ...verbose, segments }],
  [['word'], { ...verbose, words }],
  [['word', 'segment'], { ...verbose, words, segments }],
])('the long form has the times of %j', (granularities, expected) => {
  expect(write({ format: 'verbose_json', granularities })).toEqual(expected);
});

test('the long form says what was done, and how long the recording is', () => {
  const asked = { format: 'verbose_json', task: 'translate', language: 'swedish', granularities: ['word'] };
  expect(write(asked, 1.239, '')).toEqual({
    task: 'translate',
    language: 'swedish',
    duration: 1.24,
    text: '',
    words: [],
  });
});
