/** What `next` gives until `undefined`, changed, as an iterator. Whoever stops before the end calls `leave`. */
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
