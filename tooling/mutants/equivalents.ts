/** A mutant that no test can tell from the source. */
export interface Equivalent {
  /** From the root of the repository. */
  readonly file: string;
  /** The line of the source, without the white space around it. */
  readonly text: string;
  /** What stands in place of a part of it; several where all of them are equivalent for the same reason. */
  readonly replacements: readonly string[];
  readonly why: string;
}

/** Do not list a mutant because it is hard to kill: say why the program with it behaves the same. */
export const equivalents: readonly Equivalent[] = [
  {
    file: 'packages/auth/src/diagnosis/auth-fixes.ts',
    text: "/(?:principal|object id) [`']?([0-9a-f-]{36})[`']?/i.exec(text)?.[1] ??",
    replacements: ["/(?:principal|object id) [`']?([0-9a-f-]{36})[^`']?/i"],
    why: 'The last character may be missing and is not used: nothing depends on what it is.',
  },
  {
    file: 'packages/auth/src/diagnosis/auth-fixes.ts',
    text: 'return host !== undefined && /\\.azure\\.(?:com|us|cn)$/.test(host)',
    replacements: ['true'],
    why: '`undefined` as a text is no host of Azure.',
  },
  {
    file: 'packages/auth/src/diagnosis/auth-fixes.ts',
    text: 'return endpoint === undefined ? undefined : URL.parse(endpoint)?.hostname;',
    replacements: ['false'],
    why: '`undefined` is no URL, so `URL.parse` gives `null`, and the result is `undefined` again.',
  },
  {
    file: 'packages/auth/src/diagnosis/diagnosis.ts',
    text: 'const [, cloud] = match ?? [];',
    replacements: ['["Stryker was here"]'],
    why: 'The list has one item, and the second is taken.',
  },
  {
    file: 'packages/auth/src/entra/bounded-cache.ts',
    text: 'const [oldest] = entries.size < most ? [] : entries.keys();',
    replacements: ['["Stryker was here"]'],
    why: 'It deletes a key that is not there.',
  },
  {
    file: 'packages/auth/src/entra/bounded-cache.ts',
    text: 'if (oldest !== undefined) entries.delete(oldest);',
    replacements: ['true'],
    why: 'No key is `undefined`, so nothing is deleted.',
  },
  {
    file: 'packages/auth/src/entra/entra-source.ts',
    text: 'const given = source.azureCli === true ? {} : source.azureCli;',
    replacements: ['false'],
    why: 'Spreading `true` adds nothing, like spreading `{}`.',
  },
  {
    file: 'packages/auth/src/entra/entra-source.ts',
    text: 'const given = source.workloadIdentity === true ? {} : source.workloadIdentity;',
    replacements: ['false'],
    why: 'Spreading `true` adds nothing, like spreading `{}`.',
  },
  {
    file: 'packages/auth/src/entra/entra-source.ts',
    text: 'const id = source === true ? {} : source;',
    replacements: ['false'],
    why: 'Spreading `true` adds nothing, like spreading `{}`.',
  },
  {
    file: 'packages/auth/src/entra/executable.ts',
    text: '() => false,',
    replacements: ['() => undefined'],
    why: 'The list is only searched for `true`.',
  },
  {
    file: 'packages/auth/src/entra/identity-credential.ts',
    text: 'const host = authority === undefined ? undefined : URL.parse(authority)?.hostname;',
    replacements: ['false'],
    why: '`undefined` is no URL, so `URL.parse` gives `null`, and the host is `undefined` again.',
  },
  {
    file: 'packages/auth/src/entra/identity-credential.ts',
    text: 'return host !== undefined && /^(?:localhost|127(?:\\.\\d+){3}|\\[::1\\])$/.test(host);',
    replacements: ['true'],
    why: '`undefined` as a text is no host of this machine.',
  },
  {
    file: 'packages/auth/src/entra/lazy-credential.ts',
    text: '{ secrets = [], forgetful = false }: LazyCredentialOptions = {},',
    replacements: ['["Stryker was here"]'],
    why: 'An error would have to contain the words of the mutant.',
  },
  {
    file: 'packages/auth/src/entra/per-user.ts',
    text: 'const [oldest] = users.size > maxUsers ? users.keys() : [];',
    replacements: ['["Stryker was here"]'],
    why: 'It deletes a user that is not there.',
  },
  {
    file: 'packages/auth/src/entra/per-user.ts',
    text: 'if (oldest !== undefined) users.delete(oldest);',
    replacements: ['true'],
    why: 'No user token is `undefined`, so nothing is deleted.',
  },
  {
    file: 'packages/auth/src/entra/per-user.ts',
    text: String.raw`const token = typeof userToken === 'string' ? userToken.replace(/^Bearer\s+/i, '').trim() : '';`,
    replacements: ['/^Bearer\\s/i'],
    why: 'The rest of the white space is trimmed.',
  },
  {
    file: 'packages/auth/src/redact.ts',
    text: 'export function redact(text: string, secrets: readonly string[] = []): string {',
    replacements: ['["Stryker was here"]'],
    why: 'A text would have to contain the words of the mutant.',
  },
  {
    file: 'packages/auth/src/redact.ts',
    text: 'export function safeCause(cause: unknown, secrets: readonly string[] = []): unknown {',
    replacements: ['["Stryker was here"]'],
    why: 'An error would have to contain the words of the mutant.',
  },
  {
    file: 'packages/auth/src/redact.ts',
    text: String.raw`const quote = /^(?:\\"|["'])/.exec(all.slice(name.length))?.[0] ?? '';`,
    replacements: [String.raw`/(?:\\"|["'])/`],
    why: 'A value that does not begin with a quote contains none: the patterns end at quotes.',
  },
  {
    file: 'packages/auth/src/token/token-source.ts',
    text: 'if (held !== undefined && held.generation > mine) return;',
    replacements: ['held.generation >= mine'],
    why: 'A request keeps one token: in time or late, never both.',
  },
  {
    file: 'packages/client/src/answer/classify.ts',
    text: 'const error = /^\\s*\\{/.test(body) ? serviceError(parseJson(body)) : undefined;',
    replacements: ['/\\s*\\{/'],
    why: 'A text that has a brace and begins with something else is no JSON, or no object: no error is found in it.',
  },
  {
    file: 'packages/client/src/answer/classify.ts',
    text: '...(limitHit === undefined ? undefined : { limitHit }),',
    replacements: ['false'],
    why: 'A field that is `undefined` is read like one that is missing.',
  },
  {
    file: 'packages/client/src/answer/classify.ts',
    text: '...(waitMs === undefined ? undefined : { retryAfterMs: waitMs }),',
    replacements: ['false'],
    why: 'A field that is `undefined` is read like one that is missing.',
  },
  {
    file: 'packages/client/src/quota/circuit.ts',
    text: "return circuit.state === 'open' && nowMs >= circuit.untilMs ? 'as-probe' : 'no';",
    replacements: ['true'],
    why: 'A half-open circuit has no `untilMs`, and no number is at least `undefined`.',
  },
  {
    file: 'packages/client/src/quota/circuit.ts',
    text: 'if (ok && circuit.recent.length === 0) return circuit;',
    replacements: ['false'],
    why: 'A success after nothing leads to the same closed circuit.',
  },
  {
    file: 'packages/client/src/quota/learned-limit.ts',
    text: 'let hasHeldBack = false;',
    replacements: ['true'],
    why: 'Only a guess asks for it, and the refusal that leads to the guess resets it.',
  },
  {
    file: 'packages/client/src/quota/learned-limit.ts',
    text: 'if (value !== undefined && isGuess && hasHeldBack) {',
    replacements: ['true'],
    why: 'A guess has a value.',
  },
  {
    file: 'packages/client/src/quota/quota-window.ts',
    text: 'if (limit.value === undefined) return nowMs;',
    replacements: ['false'],
    why: 'Nothing is larger than `undefined`: in the end the request fits now as well.',
  },
  {
    file: 'packages/client/src/quota/utilisation-mirror.ts',
    text: 'if (nowMs > levelAtMs) {',
    replacements: ['nowMs >= levelAtMs'],
    why: 'Nothing drains in no time.',
  },
  {
    file: 'packages/client/src/quota/window-count.ts',
    text: 'for (const other of pending) if (other.upTo < upTo) unseen += other.amount;',
    replacements: ['other.upTo <= upTo'],
    why: 'No other request has the same total, and this one has ended.',
  },
  {
    file: 'packages/client/src/quota/window-origin.ts',
    text: 'if (last !== undefined && last.upTo <= reading.upTo && isLow(last, limit) && isLow(reading, limit))',
    replacements: ['false', 'last.upTo < reading.upTo'],
    why: 'Low readings show no fall, so it does not matter how many are kept. No two have the same total.',
  },
  {
    file: 'packages/client/src/quota/window-origin.ts',
    text: 'while (at > 0 && (readings[at - 1]?.upTo ?? 0) > reading.upTo) at -= 1;',
    replacements: ['(readings[at - 1]?.upTo ?? 0) >= reading.upTo', 'readings[at - 1].upTo'],
    why: 'No two readings have the same total, and there is a reading below each place above 0.',
  },
  {
    file: 'packages/client/src/quota/window-origin.ts',
    text: 'function isLow({ used }: CounterReading, limit: number): boolean {',
    replacements: ['{}'],
    why: 'Low readings show no fall, so it does not matter how many are kept.',
  },
  {
    file: 'packages/client/src/quota/window-origin.ts',
    text: 'return used < limit * smallFall;',
    replacements: ['false'],
    why: 'Low readings show no fall, so it does not matter how many are kept.',
  },
  {
    file: 'packages/config/src/config-from-env.ts',
    text: '...(allowHosts !== undefined && { allowHosts }),',
    replacements: ['true'],
    why: '`plain` leaves out keys whose value is `undefined`.',
  },
  {
    file: 'packages/config/src/config-from-env.ts',
    text: '...(policy !== undefined && { policy }),',
    replacements: ['true'],
    why: '`plain` leaves out keys whose value is `undefined`.',
  },
  {
    file: 'packages/config/src/config-from-env.ts',
    text: 'if (config !== undefined && all.length === 0) return config;',
    replacements: ['true'],
    why: 'Without a config there are issues, so the list is not empty.',
  },
  {
    file: 'packages/config/src/config-from-env.ts',
    text: 'if (!(error instanceof ConfigError)) throw error;',
    replacements: ['false'],
    why: '`readConfig` throws nothing else, which a property test shows.',
  },
  {
    file: 'packages/config/src/file/find-config.ts',
    text: 'return [home, await realpath(home).catch(() => home)];',
    replacements: ['() => undefined'],
    why: 'The home folder is in the list already, and no folder is `undefined`.',
  },
  {
    file: 'packages/config/src/file/watch-config.ts',
    text: "else signal?.addEventListener('abort', close, { once: true });",
    replacements: ['false', '{}'],
    why: '`close` removes the listener itself.',
  },
  {
    file: 'packages/config/src/lint/pool-findings.ts',
    text: 'return found === undefined ? [] : [[deployment, found] as const];',
    replacements: ['["Stryker was here"]', 'false'],
    why: '`defineConfig` refuses a pool that names no deployment.',
  },
  {
    file: 'packages/config/src/processing.ts',
    text: "if (processing.where !== 'region') return false;",
    replacements: ['false'],
    why: 'The other kinds have no region and no zone to compare.',
  },
  {
    file: 'packages/config/src/processing.ts',
    text: '(processing.zone !== undefined && allowed.includes(processing.zone))',
    replacements: ['true'],
    why: 'No policy contains `undefined`.',
  },
  {
    file: 'packages/config/src/processing.ts',
    text: 'if (deployment === undefined || resource === undefined) return false;',
    replacements: ['false'],
    why: 'Without a deployment there is no resource either.',
  },
  {
    file: 'packages/config/src/read/suggest.ts',
    text: 'let beforeLast: number[] = [];',
    replacements: ['["Stryker was here"]'],
    why: 'It is read from the second row on, and replaced before.',
  },
  {
    file: 'packages/config/src/resolve-name.ts',
    text: 'if (Object.hasOwn(config.pools, name)) return config.pools[name] ?? [];',
    replacements: ['["Stryker was here"]'],
    why: 'What the config has is not `undefined`: the other side is there for the compiler.',
  },
  {
    file: 'packages/testing/src/limits/estimate.ts',
    text: "return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : otherwise;",
    replacements: ['true'],
    why: '`Number.isFinite` is false for what is no number: the check of the type is there for the compiler.',
  },
];
