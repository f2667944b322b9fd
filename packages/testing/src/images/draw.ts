import { createRandom } from '../random.ts';
import { writePng } from './png.ts';

/** A picture for a prompt: a symmetric pattern in two colours, derived from the prompt. */
export function draw(prompt: string, width: number, height: number): Buffer {
  const random = createRandom(prompt);
  const cells = Array.from({ length: side * side }, () => random.next() < 0.5);
  const colour = (from: number, span: number): number[] =>
    Array.from({ length: 3 }, () => Math.floor(from + random.next() * span));
  const isInk = (x: number, y: number): boolean => {
    const column = Math.floor((x / width) * side * 2);
    const mirrored = column < side ? column : side * 2 - 1 - column;
    return cells[mirrored * side + Math.floor((y / height) * side)] === true;
  };
  return writePng({ width, height, colours: [colour(200, 55), colour(20, 120)], isInk });
}

/** Cells from the edge to the middle. */
const side = 6;
