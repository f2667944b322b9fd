import { isUtf8 } from 'node:buffer';
import { gatewayError, invalidRequest } from './envelopes.ts';
import type { OperationRequest } from './operation.ts';
import { Refusal } from './refusal.ts';

/** The JSON object that a request carries. @throws Refusal 415 or 400 for anything else. */
export function readBody({ headers, raw }: OperationRequest): Readonly<Record<string, unknown>> {
  const type = headers['content-type'];
  if (type !== undefined && !/\bjson\b/i.test(type)) {
    // The status is the one of HTTP; Azure's own body is not established.
    const message = `Unsupported media type: ${type.slice(0, 200)}`;
    throw new Refusal(gatewayError(415, { code: 'UnsupportedMediaType', message }));
  }
  // Replacement characters would change the text.
  if (!isUtf8(raw)) throw unparsable();
  const body = parse(raw.toString());
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>;
  throw unparsable();
}

function parse(text: string): unknown {
  try {
    // A byte order mark, as PowerShell and .NET's writers put it before a file: parsers may ignore it (RFC 8259).
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch {
    throw unparsable();
  }
}

/** 400 for a body that is not JSON. */
export function unparsable(): Refusal {
  return new Refusal(
    invalidRequest(
      "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If you have trouble figuring out how to fix this, please contact us through our help center at help.openai.com.)",
    ),
  );
}
