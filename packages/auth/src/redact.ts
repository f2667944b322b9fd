// What a token endpoint is sent and answers with, in every form that libraries quote it in.
const secretish = [
  /\beyJ[\w-]+(?:\.[\w-]*){0,4}/g,
  /\bBearer\s+[^\s"',;]+/gi,
  /((?:client_secret|client_assertion|assertion|access_token|refresh_token|id_token|password|api-key|authorization)\\?["']?\s*[=:]\s*\\?["']?)[^\s"'&,;}\\]+/gi,
];

/** `text` without tokens, assertions and `secrets`. */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length > 0)
      clean = clean.replaceAll(secret, '[redacted]').replaceAll(encodeURIComponent(secret), '[redacted]');
  }
  for (const pattern of secretish)
    clean = clean.replace(
      pattern,
      (_, name?: unknown) => `${typeof name === 'string' ? name : ''}[redacted]`,
    );
  return clean;
}

/** `cause` if nothing in it is secret, else an error with its name and what may be said of it. */
export function safeCause(cause: unknown, secrets: readonly string[] = []): unknown {
  // Loaded when something has failed: it would be a third of what importing this package costs.
  const { inspect } = process.getBuiltinModule('node:util');
  const shown = inspect(cause, { depth: 8, showHidden: true });
  const isClean = redact(shown, secrets) === shown;
  if (isClean) return cause;
  const original = cause instanceof Error ? cause : new Error(shown);
  const safe = new Error(redact(original.message, secrets));
  safe.name = original.name;
  safe.stack = redact(original.stack ?? '', secrets);
  return safe;
}
