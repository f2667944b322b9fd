import { catalog, entryOf } from '@aoai/config';
import type { AttemptResult } from './attempt-result.ts';
import type { Call, LeadingRefusal } from './call.ts';
import type { Target } from '../route/target.ts';

/** Reads a refusal once more: in its pool it may lead on. */
export function withLeadOn({ route: { leadOn } }: Call, result: AttemptResult): AttemptResult {
  if (leadOn.length === 0 || result.kind !== 'failed') return result;
  if (result.classified.outcome !== 'fatal' && result.classified.outcome !== 'refused') return result;
  const code = codeOf(result);
  if (code === undefined || !leadOn.includes(code)) return result;
  return { ...result, classified: { ...result.classified, code, outcome: 'leads-on' } };
}

/** The code of a refusal, also where the service has only words for it. */
function codeOf({ classified, answer }: Extract<AttemptResult, { kind: 'failed' }>): string | undefined {
  const body = answer?.body instanceof Uint8Array ? Buffer.from(answer.body).toString('utf8') : '';
  if (tooLong.test(body)) return 'context_length_exceeded';
  if (body.includes('ResponsibleAIPolicyViolation')) return 'content_filter';
  return classified.code;
}

const tooLong = /context_length_exceeded|maximum context length|exceeds the context window/i;

/** Why a target would only refuse what others have refused; `undefined` when it may answer. */
export function refusedAlready(call: Call, target: Target): string | undefined {
  for (const refusal of call.refusals ?? []) {
    if (refusal.target === target) return `has refused this call (${refusal.code})`;
    const same = sameAs(refusal, target);
    if (same !== undefined)
      return `${same} ${JSON.stringify(refusal.target.name)}, which has refused this call`;
  }
  return undefined;
}

/** Whether a target is left that has not refused the call and may answer it. */
export function leadsSomewhere(call: Call): boolean {
  return call.route.tiers.some((tier) =>
    tier.some(({ target }) => target.forbidden === undefined && refusedAlready(call, target) === undefined),
  );
}

/** What a target has in common with one that has refused, where that is the reason. */
function sameAs({ code, target: refused }: LeadingRefusal, target: Target): string | undefined {
  if (code === 'content_filter') {
    const { contentFilter } = refused.deployment;
    const isSame = contentFilter !== undefined && contentFilter === target.deployment.contentFilter;
    return isSame ? 'has the content filter of' : undefined;
  }
  if (code !== 'context_length_exceeded') return undefined;
  // Provisioned throughput takes shorter prompts of some models: Azure's own spillover leads on from there too
  // (https://learn.microsoft.com/azure/foundry/openai/how-to/spillover-traffic-management).
  if (refused.quota.provisioned && !target.quota.provisioned) return undefined;
  if (refused.deployment.model === target.deployment.model) return 'has the model of';
  const [had, has] = [longestPrompt(refused), longestPrompt(target)];
  return had !== undefined && has !== undefined && has <= had ? 'takes no longer prompts than' : undefined;
}

function longestPrompt({ deployment: { model } }: Target): number | undefined {
  return entryOf(catalog.models, model)?.context?.input;
}
