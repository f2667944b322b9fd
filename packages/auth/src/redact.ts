import { CredentialError } from './errors.ts';

/** Names of secrets as headers, forms, JSON, queries and connection strings write them. */
const secretName =
  '(?:secret|password|passwd|passphrase|pwd|assertion|authorization|cookie|(?:api|access|account|subscription|functions|primary|secondary|master|private)[-_ ]?key|shared[-_ ]?access[-_ ]?(?:key|signature)|(?:access|refresh|id|bearer|sas|auth|session|security)[-_]?token)';
/** What follows a name: a text in quotes (also in escaped quotes), or everything up to the next separator. */
const secretValue = String.raw`(?:\\"[^"\\]*|"(?:[^"\\]|\\.)*|'[^']*|(?:(?:Basic|Bearer|Digest|Negotiate|SharedAccessSignature)\s+)?[^\s"'&,;}\\]+)`;

const secretish: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  // A claims challenge looks like a token but is none, and the user has to pass it on: it stays.
  /(?<!--claims-challenge ['"]?)\beyJ[\w-]+(?:\.[\w-]*){0,4}/g,
  /\bBearer\s+[^\s"',;]+/gi,
  // The signature of a shared access signature, a key of Azure Functions, a code that can be exchanged for tokens.
  /([?&](?:sig|code|key|token)=)[^\s"'&,;}\\]+/gi,
  // `https://user:password@host`
  /(:\/\/[^\s/:"'@]{0,200}:)[^\s/"'@]{1,200}(?=@)/g,
  /(\b(?:token|key)\\?["']\s*:\s*\\?["'])[^"'\\]+/gi,
  new RegExp(String.raw`(${secretName}\\?["']?\s*[=:]\s*)${secretValue}`, 'gi'),
];

/** `text` without tokens, assertions, keys and `secrets`. */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length > 0)
      clean = clean.replaceAll(secret, '[redacted]').replaceAll(encodeURIComponent(secret), '[redacted]');
  }
  for (const pattern of secretish) {
    clean = clean.replace(pattern, (all: string, name?: unknown) => {
      if (typeof name !== 'string') return '[redacted]';
      // The opening quote stays, so that JSON still looks like JSON.
      const quote = /^(?:\\"|["'])/.exec(all.slice(name.length))?.[0] ?? '';
      return `${name}${quote}[redacted]`;
    });
  }
  return clean;
}

/** Fields of an error, besides its texts, that say what went wrong and cannot hold a secret. */
const plainFields = [
  'code',
  'errno',
  'syscall',
  'hostname',
  'address',
  'port',
  'status',
  'statusCode',
  'errorCode',
  'subError',
  'correlationId',
] as const;
const longestText = 10_000;
const mostErrors = 20;
const deepest = 8;

/**
 * A copy of what was thrown, of known fields only, each without `secrets` and what looks like one: name, message, stack, codes,
 * the errors of an aggregate, the chain of causes. Requests, responses and all other fields are left out.
 */
export function safeCause(cause: unknown, secrets: readonly string[] = []): unknown {
  return copyOf(cause, secrets, 0);
}

function copyOf(cause: unknown, secrets: readonly string[], depth: number): unknown {
  // Its text and its cause were cleaned when it was created.
  if (cause instanceof CredentialError) return cause;
  if (typeof cause !== 'object' || cause === null) return new Error(cleaned(String(cause), secrets));
  const safe = new Error(cleaned(textIn(cause, 'message') ?? 'something that is not an error', secrets));
  hide(safe, 'name', cleaned(textIn(cause, 'name') ?? 'Error', secrets));
  hide(safe, 'stack', cleaned(textIn(cause, 'stack') ?? `${safe.name}: ${safe.message}`, secrets));
  for (const name of plainFields) {
    const value = fieldOf(cause, name);
    if (typeof value === 'number') Object.assign(safe, { [name]: value });
    if (typeof value === 'string') Object.assign(safe, { [name]: cleaned(value, secrets) });
  }
  if (depth >= deepest) return safe;
  const errors = fieldOf(cause, 'errors');
  if (Array.isArray(errors)) {
    const some = errors.slice(0, mostErrors).map((error) => copyOf(error, secrets, depth + 1));
    hide(safe, 'errors', some);
  }
  const inner = fieldOf(cause, 'cause');
  if (inner !== undefined) hide(safe, 'cause', copyOf(inner, secrets, depth + 1));
  return safe;
}

/** A field that is read once: a getter may throw, or answer differently the next time. */
function fieldOf(cause: object, name: string): unknown {
  try {
    return (cause as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}

function textIn(cause: object, name: string): string | undefined {
  const value = fieldOf(cause, name);
  return typeof value === 'string' ? value : undefined;
}

/** Sets a field that `inspect` and JSON do not print again. */
function hide(error: Error, name: string, value: unknown): void {
  Object.defineProperty(error, name, { value, writable: true, configurable: true, enumerable: false });
}

/** Cut after it was cleaned: half a secret would not be recognised. */
function cleaned(text: string, secrets: readonly string[]): string {
  const clean = redact(text, secrets);
  return clean.length > longestText ? `${clean.slice(0, longestText)}…` : clean;
}
