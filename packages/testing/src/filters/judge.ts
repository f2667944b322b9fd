import type { Category, Detector, FilterPolicy, Threshold } from './filter-policy.ts';
import {
  harmlessCompletion,
  harmlessPrompt,
  mergeResults,
  type DetectionResult,
  type FilterResults,
  type Severity,
  type SeverityResult,
} from './filter-results.ts';

/**
 * A phrase that triggers the filters: `mock-filter:prompt:violence:high` in a prompt blocks it,
 * `mock-filter:completion:hate` cuts the answer. The verdict is one of the four categories with a severity
 * (`medium` unless given), `jailbreak`, `indirect_attack`, `profanity`, `protected_material_text`,
 * `protected_material_code`, `personally_identifiable_information`, `ungrounded_material` (of an answer), `blocklist` or
 * `topic` with a name, or `error`.
 */
const triggerPrefix = 'mock-filter:';

/**
 * The questions by which the tests of Azure's SDKs (Azure/azure-sdk-for-python, sdk/openai, test_chat_completions.py) and of
 * LangChain4j (AzureOpenAiResponsibleAiIT) check that filters exist: the service blocks them.
 */
const probes = [
  {
    phrase: 'rob a bank',
    pattern: /\bhow (?:do|can|to|would)(?: I| you| we)? rob a bank\b/i,
    found: 'violence',
  },
  {
    phrase: 'a bomb',
    pattern: /\bhow (?:do|can|to|would)(?: I| you| we)? (?:create|make|build) a bomb\b/i,
    found: 'violence',
  },
  {
    phrase: 'poison myself',
    pattern: /\bhow (?:do|can|to|would)(?: I)? poison myself\b/i,
    found: 'self_harm',
  },
] as const;

const trigger = /mock-filter:(prompt|completion):([a-z_]+)(?::([\w-]+))?/g;

/** What the filters find in one text. */
export interface Judgement {
  readonly results: FilterResults;
  /** Where the first blocklisted word begins, if there is one. */
  readonly matchAt?: number;
}

/** Judges a prompt. `scripted` verdicts win. */
export function judgePrompt(policy: FilterPolicy, text: string, scripted?: FilterResults): FilterResults {
  const found = mergeResults(harmlessPrompt, triggered(policy, text, { side: 'prompt', answer: '' }));
  return mergeResults(mergeResults(found, blocklisted(policy, text)?.results), scripted);
}

/** Judges an answer to `prompt`, which may hold trigger phrases for it. `scripted` verdicts win. */
export function judgeCompletion(
  policy: FilterPolicy,
  { prompt, answer }: { readonly prompt: string; readonly answer: string },
  scripted?: FilterResults,
): Judgement {
  const list = blocklisted(policy, answer);
  const found = mergeResults(harmlessCompletion, triggered(policy, prompt, { side: 'completion', answer }));
  const results = mergeResults(mergeResults(found, list?.results), scripted);
  return list === undefined ? { results } : { results, matchAt: list.at };
}

const ranks: Readonly<Record<Severity, number>> = { safe: 0, low: 1, medium: 2, high: 3 };

function triggered(
  policy: FilterPolicy,
  text: string,
  judged: { readonly side: 'prompt' | 'completion'; readonly answer: string },
): FilterResults | undefined {
  const { side, answer } = judged;
  const probe =
    side === 'prompt'
      ? probes.find(({ phrase, pattern }) => text.includes(phrase) && pattern.test(text))?.found
      : undefined;
  if (probe === undefined && !text.includes(triggerPrefix)) return undefined;
  const found: Record<string, unknown> = {};
  if (probe !== undefined) found[probe] = graded(policy.prompt?.[probe], 'medium');
  for (const [, where, kind = '', detail] of text.matchAll(trigger)) {
    if (where !== side) continue;
    if (isCategory(kind)) {
      found[kind] = graded(policy[side]?.[kind], isSeverity(detail) ? detail : 'medium');
    } else if (kind === 'blocklist') {
      found['custom_blocklists'] = [{ filtered: true, id: detail ?? 'blocklist' }];
    } else if (kind === 'topic') {
      found['custom_topics'] = { details: [{ detected: true, id: detail ?? 'topic' }], filtered: true };
    } else if (kind === 'ungrounded_material') {
      const details = [{ completion_end_offset: Array.from(answer).length, completion_start_offset: 0 }];
      // A filter that annotates only, of the whole answer.
      if (side === 'completion') found[kind] = { details, detected: true, filtered: false };
    } else if (kind === 'error') {
      found['error'] = { code: 'content_filter_error', message: 'The contents are not filtered' };
    } else {
      const detector = detectorOf(policy, kind);
      if (detector !== undefined && detector !== 'off') found[kind] = detection(kind, detector);
    }
  }
  return found;
}

function graded(threshold: Threshold = 'medium', severity: Severity): SeverityResult {
  return { filtered: threshold !== 'off' && ranks[severity] >= ranks[threshold], severity };
}

function detection(kind: string, detector: Detector): DetectionResult {
  const result = { detected: true, filtered: detector === 'block' };
  if (kind !== 'protected_material_code') return result;
  return {
    citation: { URL: 'https://github.com/example/repository', license: 'NOASSERTION' },
    ...result,
  } as DetectionResult;
}

function detectorOf(policy: FilterPolicy, kind: string): Detector | undefined {
  switch (kind) {
    case 'jailbreak':
      return policy.jailbreak ?? 'block';
    case 'indirect_attack':
      // Off by default, but a phrase that asks for it should work.
      return policy.indirectAttack ?? 'block';
    case 'profanity':
    case 'personally_identifiable_information':
      return 'block';
    case 'protected_material_text':
      return policy.protectedMaterialText ?? 'block';
    case 'protected_material_code':
      return policy.protectedMaterialCode ?? 'annotate';
    default:
      return undefined;
  }
}

function blocklisted(
  policy: FilterPolicy,
  text: string,
): { readonly results: FilterResults; readonly at: number } | undefined {
  if (policy.blocklists === undefined) return undefined;
  const lower = text.toLowerCase();
  const hits = Object.entries(policy.blocklists).flatMap(([id, terms]) => {
    const at = terms.map((term) => lower.indexOf(term.toLowerCase())).filter((index) => index >= 0);
    return at.length === 0 ? [] : [{ id, at: Math.min(...at) }];
  });
  if (hits.length === 0) return undefined;
  return {
    results: { custom_blocklists: hits.map(({ id }) => ({ filtered: true, id })) },
    at: Math.min(...hits.map(({ at }) => at)),
  };
}

function isCategory(kind: string): kind is Category {
  return kind === 'hate' || kind === 'self_harm' || kind === 'sexual' || kind === 'violence';
}

function isSeverity(text: string | undefined): text is Severity {
  return text === 'safe' || text === 'low' || text === 'medium' || text === 'high';
}
