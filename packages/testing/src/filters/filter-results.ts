/** Severity of a text in one of the four graded categories. */
export type Severity = 'safe' | 'low' | 'medium' | 'high';

/** Verdict in a graded category. */
export interface SeverityResult {
  readonly filtered: boolean;
  readonly severity: Severity;
}

/** Verdict of a detector: whether it found something, and whether the text was filtered. */
export interface DetectionResult {
  readonly detected: boolean;
  readonly filtered: boolean;
}

/** Match of protected code, with the licence that is known for it. */
export interface CodeResult extends DetectionResult {
  readonly citation?: { readonly URL: string; readonly license: string };
}

/** A blocklist that matched. The wire has an array of these; the specs say an object (docs/wire/streams.md#6.3). */
export interface BlocklistResult {
  readonly filtered: boolean;
  readonly id: string;
}

/** Topics of the customer's own. No recording shows them: the shape is that of the v1 spec. */
interface TopicResult {
  readonly details: readonly { readonly detected: boolean; readonly id: string }[];
  readonly filtered: boolean;
}

/** Passages of an answer that its sources do not support (v1 spec). */
interface UngroundedResult extends DetectionResult {
  readonly details: readonly {
    readonly completion_end_offset: number;
    readonly completion_start_offset: number;
  }[];
}

/** Results of the content filters for one text, as in `content_filter_results`. */
export interface FilterResults {
  readonly custom_blocklists?: readonly BlocklistResult[];
  readonly custom_topics?: TopicResult;
  readonly error?: { readonly code: string; readonly message: string };
  readonly hate?: SeverityResult;
  readonly indirect_attack?: DetectionResult;
  readonly jailbreak?: DetectionResult;
  readonly personally_identifiable_information?: DetectionResult;
  readonly profanity?: DetectionResult;
  readonly protected_material_code?: CodeResult;
  readonly protected_material_text?: DetectionResult;
  readonly self_harm?: SeverityResult;
  readonly sexual?: SeverityResult;
  readonly ungrounded_material?: UngroundedResult;
  readonly violence?: SeverityResult;
}

const safe: SeverityResult = { filtered: false, severity: 'safe' };
const unseen: DetectionResult = { detected: false, filtered: false };

/** The verdicts on a harmless prompt. */
export const harmlessPrompt: FilterResults = {
  hate: safe,
  jailbreak: unseen,
  self_harm: safe,
  sexual: safe,
  violence: safe,
};

/** The verdicts on a harmless answer. */
export const harmlessCompletion: FilterResults = {
  hate: safe,
  protected_material_code: unseen,
  protected_material_text: unseen,
  self_harm: safe,
  sexual: safe,
  violence: safe,
};

/** Whether a result filtered the text. */
export function isFiltered(results: FilterResults): boolean {
  if (results === harmlessPrompt || results === harmlessCompletion) return false;
  return Object.values(results).some((verdict: unknown) =>
    Array.isArray(verdict)
      ? verdict.some((entry: BlocklistResult) => entry.filtered)
      : (verdict as { filtered?: boolean }).filtered === true,
  );
}

/** `over` on top of `under`, in the alphabetical order of the wire. */
export function mergeResults(under: FilterResults, over: FilterResults | undefined): FilterResults {
  if (over === undefined) return under;
  const merged = { ...under, ...over };
  return Object.fromEntries(Object.entries(merged).sort(([a], [b]) => (a < b ? -1 : 1)));
}
