/** The exit codes of `aoai`. */
export const exitCode = {
  ok: 0,
  /** The check found something, or the call failed. */
  failed: 1,
  /** The command was not understood, or its config cannot be used. */
  usage: 2,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
