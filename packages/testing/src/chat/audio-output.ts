/** A WAV file of silence, base64, as long as `tokens` take to say. */
export function silence(tokens: number): string {
  const sampleRate = 8000;
  const samples = Math.min(10, Math.max(1, Math.ceil(tokens / 4))) * (sampleRate / 4);
  const file = Buffer.alloc(44 + samples * 2);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + samples * 2, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE(sampleRate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(samples * 2, 40);
  return file.toString('base64');
}
