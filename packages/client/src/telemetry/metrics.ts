import type * as OpenTelemetry from '@opentelemetry/api';
import type { CallFinished, Listener } from '../events/events.ts';
import { callAttributes, scopeName } from './attributes.ts';

// Bucket boundaries of the conventions.
const tokenBuckets = [
  1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864,
];
const secondBuckets = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];

/** The client metrics of the GenAI conventions, and counters of attempts, circuits and cost. */
export function metricsListener({ metrics }: typeof OpenTelemetry): Listener {
  const meter = metrics.getMeter(scopeName);
  const seconds = (name: string, description: string) =>
    meter.createHistogram(name, {
      description,
      unit: 's',
      advice: { explicitBucketBoundaries: secondBuckets },
    });
  const duration = seconds('gen_ai.client.operation.duration', 'How long calls take.');
  const firstChunk = seconds(
    'gen_ai.client.operation.time_to_first_chunk',
    'How long streams take to their first content.',
  );
  const tokens = meter.createHistogram('gen_ai.client.token.usage', {
    description: 'Tokens that calls use.',
    unit: '{token}',
    advice: { explicitBucketBoundaries: tokenBuckets },
  });
  const attempts = meter.createCounter('aoai.client.attempts', {
    description: 'Attempts by deployment and outcome.',
    unit: '{attempt}',
  });
  const circuits = meter.createCounter('aoai.client.circuit.changes', {
    description: 'Circuits that open and close, by deployment and reason: failures, slow calls, refusals.',
    unit: '{change}',
  });
  const cost = meter.createCounter('aoai.client.cost', {
    description: 'Cost of calls by the prices of the config, in their currency.',
  });

  function finish(event: CallFinished): void {
    const attributes = {
      ...callAttributes(event),
      ...(event.responseModel === undefined ? undefined : { 'gen_ai.response.model': event.responseModel }),
      ...(event.deployment === undefined ? undefined : { 'aoai.deployment': event.deployment }),
    };
    const failed = event.errorType === undefined ? undefined : { 'error.type': event.errorType };
    duration.record(event.durationMs / 1_000, { ...attributes, ...failed });
    if (event.firstTokenMs !== undefined) firstChunk.record(event.firstTokenMs / 1_000, attributes);
    if (event.usage !== undefined) {
      tokens.record(event.usage.inputTokens, { ...attributes, 'gen_ai.token.type': 'input' });
      tokens.record(event.usage.outputTokens, { ...attributes, 'gen_ai.token.type': 'output' });
    }
    if (event.cost !== undefined) cost.add(event.cost, attributes);
  }

  return (event) => {
    if (event.type === 'call-finished') finish(event);
    else if (event.type === 'attempt-succeeded' || event.type === 'attempt-failed') {
      const outcome = event.type === 'attempt-failed' ? event.outcome : 'ok';
      attempts.add(1, { 'aoai.deployment': event.deployment, 'aoai.outcome': outcome });
    } else if (event.type === 'circuit-opened' || event.type === 'circuit-closed') {
      circuits.add(1, {
        'aoai.deployment': event.deployment,
        'aoai.circuit.reason': event.reason,
        'aoai.circuit.state': event.type === 'circuit-opened' ? 'open' : 'closed',
      });
    }
  };
}
