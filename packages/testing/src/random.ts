/** The random generator of the mock: the same seed gives the same sequence. */
export interface Random {
  /** The next number in [0, 1). */
  next(): number;
  /** A version 4 GUID. */
  guid(): string;
  /** `prefix` followed by `length` letters and digits. */
  id(prefix: string, length: number): string;
  /** A separate generator for `label`, independent of the numbers drawn from this one. */
  fork(label: string): Random;
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const digits = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/** A generator from a seed. A number and its decimal string are the same seed. */
export function createRandom(seed: number | string): Random {
  const draw = sfc32(hash(String(seed)));
  function guid(): string {
    const a = draw();
    const b = (draw() & 0xff0fffff) | 0x00400000;
    const c = (draw() & 0xffffff3f) | 0x00000080;
    const d = draw();
    return writeGuid(a, b, c, d);
  }

  function id(prefix: string, length: number): string {
    // Not character by character: V8 would build a rope, which slows down every answer that contains it.
    const codes: number[] = [];
    for (let index = 0; index < length; index += 1) {
      codes.push(alphabet.charCodeAt((((draw() >>> 0) * alphabet.length) / 2 ** 32) | 0));
    }
    return prefix + String.fromCharCode(...codes);
  }

  return {
    next: () => (draw() >>> 0) / 2 ** 32,
    guid,
    id,
    fork: (label) => createRandom(`${seed}/${label}`),
  };
}

/** One call gives one flat string: a text of twenty parts is slow to send. */
function writeGuid(...[a, b, c, d]: State): string {
  const digit = (word: number, shift: number): number => digits[(word >>> shift) & 15] ?? 0;
  // prettier-ignore
  return String.fromCharCode(
    digit(a, 28), digit(a, 24), digit(a, 20), digit(a, 16), digit(a, 12), digit(a, 8), digit(a, 4), digit(a, 0), hyphen,
    digit(b, 4), digit(b, 0), digit(b, 12), digit(b, 8), hyphen,
    digit(b, 20), digit(b, 16), digit(b, 28), digit(b, 24), hyphen,
    digit(c, 4), digit(c, 0), digit(c, 12), digit(c, 8), hyphen,
    digit(c, 20), digit(c, 16), digit(c, 28), digit(c, 24),
    digit(d, 4), digit(d, 0), digit(d, 12), digit(d, 8), digit(d, 20), digit(d, 16), digit(d, 28), digit(d, 24),
  );
}

const hyphen = 0x2d;

type State = readonly [number, number, number, number];

/** Four well-mixed words of a text (cyrb128). */
function hash(text: string): State {
  let [a, b, c, d] = [1779033703, 3144134277, 1013904242, 2773480762];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    a = b ^ Math.imul(a ^ code, 597399067);
    b = c ^ Math.imul(b ^ code, 2869860233);
    c = d ^ Math.imul(c ^ code, 951274213);
    d = a ^ Math.imul(d ^ code, 2716044179);
  }
  a = Math.imul(c ^ (a >>> 18), 597399067);
  b = Math.imul(d ^ (b >>> 22), 2869860233);
  c = Math.imul(a ^ (c >>> 17), 951274213);
  d = Math.imul(b ^ (d >>> 19), 2716044179);
  return [a ^ b ^ c ^ d, b ^ a, c ^ a, d ^ a];
}

/** Chris Doty-Humphrey's sfc32: small, fast and passes PractRand. */
function sfc32([a0, b0, c0, d0]: State): () => number {
  let [a, b, c, d] = [a0, b0, c0, d0];
  const draw = (): number => {
    const result = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + result) | 0;
    return result;
  };
  for (let round = 0; round < 12; round += 1) draw();
  return draw;
}
