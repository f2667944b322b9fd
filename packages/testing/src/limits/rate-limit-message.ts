/** The wording before and after the middle of 2025 (docs/wire/errors.md#4.3). */
export type MessageEra = '2024' | '2025';

/** What the message of a refusal says. */
export interface RateLimitSubject {
  readonly kind: 'token' | 'call' | 'utilisation';
  readonly retryAfterMs: number;
  /** The operation in Azure's words, for example `ChatCompletions_Create`. */
  readonly operation: string;
  /** `'v1'` or the dated api-version of the request. */
  readonly api: string;
  readonly deployment: string;
  readonly model: string;
  /** The region as Azure displays it, for example `Sweden Central`. */
  readonly region: string;
  /** The kind of the account. @default 'OpenAI' */
  readonly account?: 'OpenAI' | 'AIServices';
}

export interface RateLimitMessage {
  readonly code: string;
  readonly message: string;
}

const quotaIncrease = 'https://aka.ms/oai/quotaincrease';

/** Code and message of a 429. */
export function rateLimitMessage(subject: RateLimitSubject, era: MessageEra = '2025'): RateLimitMessage {
  // The text for an exceeded utilisation is not known; the service measures it in tokens.
  const kind = subject.kind === 'call' ? 'call' : 'token';
  const { operation, account = 'OpenAI' } = subject;
  const seconds = Math.max(1, Math.ceil(subject.retryAfterMs / 1_000));
  const wait = `Please retry after ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`;
  const api =
    subject.api === 'v1' ? 'OpenAI Language Model Instance API' : `Azure OpenAI API version ${subject.api}`;
  if (era === '2024') {
    return {
      code: '429',
      message:
        `Requests to the ${operation} Operation under ${api} have exceeded ${kind} rate limit of your current ` +
        `${account} S0 pricing tier. ${wait} Please go here: ${quotaIncrease} if you would like to further increase ` +
        'the default rate limit.',
    };
  }
  return {
    code: 'RateLimitReached',
    message:
      `Your requests to ${subject.deployment} for ${subject.model} in ${subject.region} have exceeded the ${kind} rate ` +
      `limit for your current ${account} S0 pricing tier. This request was for ${operation} under ${api}. ${wait} To ` +
      `increase your default rate limit, visit: ${quotaIncrease}.`,
  };
}
