/**
 * Thrown by `assertConsumed` when a strict mock got a request for which nothing was scripted.
 * @remedy Script an answer with `reply`, or correct the call. The message has method, path and body.
 */
export class UnexpectedRequestError extends Error {
  override readonly name = 'UnexpectedRequestError';
  readonly code = 'UNEXPECTED_REQUEST';
  readonly method: string;
  readonly path: string;
  readonly body: unknown;

  constructor(
    request: { readonly method: string; readonly path: string; readonly body: unknown },
    target: string,
  ) {
    super(
      `${request.method} ${request.path} was not expected: nothing is scripted for ${JSON.stringify(target)}, and its body is ${excerpt(request.body)}. ` +
        `Script it with \`azure.reply(${JSON.stringify(target)}, …)\`, or start the mock without \`strict\`.`,
    );
    this.method = request.method;
    this.path = request.path;
    this.body = request.body;
  }
}

/** One scripted answer that was not used. */
export interface UnconsumedReply {
  /** The deployment or pool that it was scripted for. */
  readonly target: string;
  /** What was scripted. */
  readonly reply: string;
  /** How many times it was not used. */
  readonly left: number;
}

/**
 * Thrown by `assertConsumed` when scripted answers were not used.
 * @remedy Remove the answers that are not needed, or find out why the calls were not made.
 */
export class UnconsumedRepliesError extends Error {
  override readonly name = 'UnconsumedRepliesError';
  readonly code = 'UNCONSUMED_REPLIES';
  readonly replies: readonly UnconsumedReply[];

  constructor(replies: readonly UnconsumedReply[]) {
    const lines = replies.map(
      ({ target, reply, left }) =>
        `  ${JSON.stringify(target)}: ${reply}${left > 1 ? ` (${left} times)` : ''}`,
    );
    super(
      `Scripted but never asked for:\n${lines.join('\n')}\nSend the requests that they wait for, or remove them.`,
    );
    this.replies = replies;
  }
}

function excerpt(body: unknown): string {
  const text = typeof body === 'string' ? body : body === undefined ? 'empty' : JSON.stringify(body);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
