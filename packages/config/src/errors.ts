/** One mistake in a config: where it is, and what to do about it. */
export interface ConfigIssue {
  /** Where the mistake is: `resources.sweden.endpoint`; `''` for the config as a whole. */
  readonly path: string;
  readonly message: string;
}

/** The message stays short; `issues` has all of them. */
const issuesShown = 50;

/**
 * A config that cannot be used, with all its mistakes.
 * @remedy Correct each of `issues`: the path, what belongs there, and what was found.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'CONFIG_INVALID';
  /** Every mistake: first what could not be read, then the rest in the order of the config. */
  readonly issues: readonly ConfigIssue[];

  constructor(
    issues: readonly ConfigIssue[],
    options?: { readonly source?: string; readonly cause?: unknown },
  ) {
    const heading =
      options?.source === undefined ? 'Invalid config:' : `Invalid config ${JSON.stringify(options.source)}:`;
    const shown = issues.slice(0, issuesShown);
    const lines = shown.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
    if (issues.length > shown.length) lines.push(`… and ${issues.length - shown.length} more.`);
    super(
      [heading, ...lines].join('\n'),
      options?.cause === undefined ? undefined : { cause: options.cause },
    );
    this.issues = Object.freeze(issues.map((issue) => Object.freeze({ ...issue })));
  }
}
