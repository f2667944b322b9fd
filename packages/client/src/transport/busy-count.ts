/** Counts what is under way, and tells who closes when nothing is any more. */
export interface BusyCount {
  readonly count: number;
  begin(): void;
  end(): void;
  /** Resolves when nothing is under way. Whoever else waits meanwhile waits for the same end. */
  drained(): Promise<void>;
}

export function busyCount(): BusyCount {
  let count = 0;
  let draining: PromiseWithResolvers<undefined> | undefined;
  return {
    get count() {
      return count;
    },
    begin: () => {
      count += 1;
    },
    end: () => {
      count -= 1;
      if (count > 0) return;
      draining?.resolve(undefined);
      draining = undefined;
    },
    drained: async () => {
      if (count > 0) await (draining ??= Promise.withResolvers<undefined>()).promise;
    },
  };
}
