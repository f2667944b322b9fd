import { randomBytes } from 'node:crypto';

/** A key or secret that nobody can guess: a page in a browser on this machine could use a constant one. */
export function randomKey(): string {
  return randomBytes(16).toString('hex');
}
