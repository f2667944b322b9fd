import type { OperationRequest } from '../service/operation.ts';
import { refuse } from '../service/parameter.ts';

/** Anything that a list operation lists. */
export interface Listed {
  readonly id: string;
}

/** One page of a list, as the service writes it. */
export interface Page<Item> {
  readonly object: 'list';
  readonly data: readonly Item[];
  readonly first_id: string | null;
  readonly last_id: string | null;
  readonly has_more: boolean;
}

export interface PageOptions {
  /** @default 20 */
  readonly defaultLimit?: number;
  /** @default 100 */
  readonly maxLimit?: number;
  /** @default 'desc': the newest first */
  readonly defaultOrder?: 'asc' | 'desc';
}

/** The page that `limit`, `after`, `before` and `order` of a query ask for, out of items from oldest to newest. */
export function page<Item extends Listed>(
  items: readonly Item[],
  { query }: Pick<OperationRequest, 'query'>,
  { defaultLimit = 20, maxLimit = 100, defaultOrder = 'desc' }: PageOptions = {},
): Page<Item> {
  const order = query.get('order') ?? defaultOrder;
  if (order !== 'asc' && order !== 'desc') {
    throw refuse(
      `Invalid value: '${order}'. Supported values are: 'asc' and 'desc'.`,
      'order',
      'invalid_value',
    );
  }
  const limit = readLimit(query.get('limit'), { defaultLimit, maxLimit });
  const ordered = order === 'asc' ? items : items.toReversed();
  const { from, to } = range(ordered, query);
  const within = ordered.slice(from, to);
  const isBackwards = query.get('before') !== null && query.get('after') === null;
  const data = isBackwards ? within.slice(-limit) : within.slice(0, limit);
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: data.length < within.length,
  };
}

function range(items: readonly Listed[], query: URLSearchParams): { from: number; to: number } {
  const after = query.get('after');
  const before = query.get('before');
  return {
    from: after === null || after === '' ? 0 : find(items, after, 'after') + 1,
    to: before === null || before === '' ? items.length : find(items, before, 'before'),
  };
}

function find(items: readonly Listed[], id: string, param: string): number {
  const index = items.findIndex((item) => item.id === id);
  if (index < 0)
    throw refuse(
      `Invalid '${param}': no item with the ID '${id.slice(0, 200)}' was found.`,
      param,
      'invalid_value',
    );
  return index;
}

function readLimit(
  text: string | null,
  { defaultLimit, maxLimit }: Required<Pick<PageOptions, 'defaultLimit' | 'maxLimit'>>,
): number {
  if (text === null || text === '') return defaultLimit;
  const limit = Number(text);
  if (!Number.isInteger(limit)) {
    throw refuse(
      `Invalid type for 'limit': expected an integer, but got a string instead.`,
      'limit',
      'invalid_type',
    );
  }
  if (limit >= 1 && limit <= maxLimit) return limit;
  const [problem, expected, code] =
    limit < 1
      ? ['below minimum', '>= 1', 'integer_below_min_value']
      : ['above maximum', `<= ${maxLimit}`, 'integer_above_max_value'];
  throw refuse(
    `Invalid 'limit': integer ${problem} value. Expected a value ${expected}, but got ${limit} instead.`,
    'limit',
    code,
  );
}
