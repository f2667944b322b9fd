import type { Attributes } from '@opentelemetry/api';
import type { CallFinished, CallStarted, Operation } from '../events/events.ts';

// Names of the semantic conventions 1.45 (`telemetry.test.ts` compares them); what they do not know is `aoai.*`.

/** Name under which the instruments are registered. */
export const scopeName = '@aoai/client';

/** Names of the operations in the conventions, which have one name for chat completions and for responses. */
export function operationName(operation: Operation): string {
  return operation === 'responses' ? 'chat' : operation;
}

export function callAttributes({ name, operation, stream, tags }: CallStarted | CallFinished): Attributes {
  return {
    'gen_ai.operation.name': operationName(operation),
    'gen_ai.provider.name': 'azure.ai.openai',
    'gen_ai.request.model': name,
    ...(stream ? { 'gen_ai.request.stream': true } : undefined),
    ...Object.fromEntries(Object.entries(tags).map(([tag, value]) => [`aoai.tag.${tag}`, value])),
  };
}

/** `host` or `host:port` as the two attributes of the conventions. */
export function serverAttributes(server: string): Attributes {
  const [, address = server, port] = /^(.*?)(?::(\d+))?$/.exec(server) ?? [];
  return { 'server.address': address, 'server.port': port === undefined ? 443 : Number(port) };
}
