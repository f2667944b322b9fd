import { oneLine } from './printable.ts';

/** What an error says. Our own may have several lines; a service must not be able to write a line that looks like ours. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  return 'status' in error ? oneLine(error.message) : error.message;
}
