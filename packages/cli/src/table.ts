import Table from 'cli-table3';
import { oneLine } from './printable.ts';

const plain = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** Rows in columns with a heading, separated by spaces only, so that `cut` and `grep` work. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const result = new Table({
    head: [...heading],
    chars: plain,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  // Control characters are removed before the columns are measured.
  result.push(...rows.map((row) => row.map(oneLine)));
  return result
    .toString()
    .split('\n')
    .map((text) => text.trimEnd())
    .join('\n');
}
