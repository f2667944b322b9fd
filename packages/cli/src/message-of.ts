import { oneLine } from './printable.ts';

/**
 * The text of an error. Our errors may have several lines. A text of a service is put on one line, so that it cannot
 * look like one of ours.
 */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  return 'status' in error ? oneLine(error.message) : error.message;
}
