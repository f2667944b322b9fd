/** The longest wait that a timer of the platform holds: about 25 days. A longer one would end at once. */
export const longestTimerMs: number = 2 ** 31 - 1;
