/** An iterator over the mapped results of `next`, up to `undefined`. Calls `leave` when the reader stops before the end. */
export function mapped<From, To>(
  next: () => Promise<From | undefined>,
  change: (from: From) => To,
  leave: () => void,
): AsyncIterableIterator<To> {
  return {
    next: async () => {
      const from = await next();
      return from === undefined ? { value: undefined, done: true } : { value: change(from), done: false };
    },
    return: async () => {
      leave();
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
