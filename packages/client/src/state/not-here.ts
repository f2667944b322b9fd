/** A refusal of a request that refers to something. */
interface Refused {
  readonly status: number | undefined;
  readonly code: string | undefined;
  /** The body as text. */
  readonly body: string;
}

/** Things that a resource keeps, as the service names them. */
const kinds =
  'assistant|batch|completion|container|conversation|encrypted content|eval|file|item|previous response|prompt|response|run|thread|upload|vector[ _]store|video';
const missing = String.raw`(?:not (?:be )?(?:found|verified|decrypted)|(?:does|do|did) not exist|doesn't exist|no longer exists?)`;
const isMissing = new RegExp(missing, 'i');
const kindIsMissing = new RegExp(
  [
    String.raw`\b(?:${kinds})(?:s|es)?\b[^.]*?\b${missing}`,
    String.raw`\bno such (?:${kinds})\b`,
    String.raw`\bno (?:${kinds})s? (?:(?:was|were) )?(?:found|with|exists?)\b`,
    String.raw`\b(?:cannot|can't|could not|couldn't|unable to) (?:find|locate)(?: an?| the)? (?:${kinds})`,
  ].join('|'),
  'i',
);
const codes = /^(?:invalid_encrypted_content|(?!model|deployment)\w*not_?found)$/i;

/**
 * Whether a resource says that it does not have what a request refers to, or cannot read it. It does so with 404 and
 * with 400, with a code or only in words: "Item with id 'rs_…' not found.", `previous_response_not_found`,
 * `invalid_encrypted_content`, "Files [assistant-…] were not found due to ownership verification failure".
 */
export function isNotHere({ status, code, body }: Refused, references: readonly string[]): boolean {
  if (status === 404) return code !== 'DeploymentNotFound' && code !== 'unknown_model';
  // An error inside a stream has the status of the stream.
  if (status !== 400 && status !== 422 && status !== 200) return false;
  if (codes.test(code ?? '')) return true;
  return messagesIn(body).some(
    (message) =>
      kindIsMissing.test(message) ||
      (isMissing.test(message) && references.some((reference) => message.includes(reference))),
  );
}

/** The message of an answer, in any of the envelopes of the service. */
function messagesIn(body: string): readonly string[] {
  const found = [...body.matchAll(/"(?:message|detail)"\s*:\s*"((?:[^"\\]|\\.)*)"/gi)];
  return found.length === 0 ? [body.slice(0, 2_000)] : found.map(([, message = '']) => message);
}
