import type { Passage } from './passages.ts';
import { sentences } from './sentences.ts';
import { conceptOf } from './concepts.ts';
import { stems } from './words.ts';

/** A sentence of a source, with how well it fits a question. */
export interface Finding {
  readonly text: string;
  readonly label?: string;
  readonly score: number;
}

interface Candidate {
  readonly text: string;
  readonly label: string | undefined;
  readonly order: number;
  readonly stems: ReadonlySet<string>;
  readonly passage: ReadonlySet<string>;
}

/** How many sentences an answer has at most. */
const answerLength = 3;
/** The share of a question's weight that its best sentence must cover to count as an answer. */
const coverage = 0.45;

/**
 * The sentences of the passages that best answer the question, in the order of the text. Empty when none
 * of them has enough in common with it. `background` is an earlier question that a short one may refer to.
 */
export function extract(question: string, sources: readonly Passage[], background = ''): Finding[] {
  const wanted = new Set(meanings(question));
  const hinted = new Set(meanings(background).filter((each) => !wanted.has(each)));
  const candidates = sources.flatMap(toCandidates);
  const weights = weigh([...wanted, ...hinted], candidates);
  // A word that is in no source is the rarest of all: a question with it is about something else.
  const rarest = Math.max(unknownWeight, 1.3 * Math.max(0, ...weights.values()));
  const total = [...wanted].reduce((sum, each) => sum + (weights.get(each) ?? rarest), 0);
  const scored = candidates
    .map((candidate) => ({ candidate, ...score(candidate, { question, wanted, hinted, weights }) }))
    .filter(({ covered }) => covered > 0 && covered >= total * coverage)
    .sort((a, b) => b.score - a.score || a.candidate.order - b.candidate.order);
  const best = scored[0]?.score ?? 0;
  const label = scored[0]?.candidate.label;
  return (
    scored
      .slice(0, answerLength)
      // A second source has to be about as good as the first to be worth a citation of its own.
      .filter((each) => each.score >= best * (each.candidate.label === label ? 0.7 : 0.8))
      .filter(isPlainest)
      .sort((a, b) => a.candidate.order - b.candidate.order)
      .map(({ candidate, score: points }) => ({
        text: candidate.text,
        score: points,
        ...(candidate.label === undefined ? {} : { label: candidate.label }),
      }))
  );
}

/** Equal sentences count once: the plainer one, or the first. */
function isPlainest(
  { candidate }: { readonly candidate: Candidate },
  index: number,
  all: readonly { readonly candidate: Candidate }[],
): boolean {
  return !all.some(({ candidate: other }, at) => {
    const isSame = other.text === candidate.text;
    return at !== index && candidate.text.includes(other.text) && (!isSame || at < index);
  });
}

function toCandidates(source: Passage, index: number): Candidate[] {
  const whole = new Set(meanings(`${source.label ?? ''} ${source.text}`));
  return sentences(source.label === undefined ? source.text : withoutTitle(source.text))
    .map((text) => text.replace(/^(?:[-*•]|\d+[.)])\s+/, ''))
    .filter((text) => !plantedOrder.test(text))
    .filter(
      (text) =>
        !text.startsWith('#') &&
        /\p{L}|\d/u.test(text) &&
        !text.endsWith('?') &&
        !/^\p{Lu}[\p{L} ]{0,30}:$/u.test(text),
    )
    .map((text, position) => ({
      text,
      label: source.label,
      order: index * 10_000 + position,
      stems: new Set(meanings(text)),
      passage: whole,
    }));
}

/** “Travel policy, 3.2 Refunds: Refunds are paid …”: the title of a labelled source is not part of its first sentence. */
function withoutTitle(text: string): string {
  return text.replace(/^\p{Lu}[^.!?:\n]{2,80}(?:\d\.\d[^.!?:\n]{0,60})?:\s+(?=\p{Lu}\S*(?:\s+\S+){3})/u, '');
}

/** A sentence of a source that gives orders to its reader is not quoted: a model should not obey it either. */
const plantedOrder =
  /\b(?:ignore|disregard|forget)\b.{0,40}\b(?:instructions?|rules?|rights|prompts?|above)\b|^(?:system|assistant|note to ai)\b.{0,20}:|\b(?:reply|respond|answer)\b.{0,30}\b(?:only|every question|with the (?:single )?word)\b|^(?:reveal|call the tool|from now on)\b/i;

function meanings(text: string): string[] {
  return stems(text).map(conceptOf);
}

/** Rare words weigh more: inverse document frequency over the sentences. */
function weigh(wanted: readonly string[], candidates: readonly Candidate[]): Map<string, number> {
  const weights = new Map<string, number>();
  for (const each of wanted) {
    let found = 0;
    for (const candidate of candidates) if (candidate.passage.has(each)) found++;
    if (found > 0) weights.set(each, Math.log(1 + (candidates.length - found + 0.5) / (found + 0.5)) + 0.3);
  }
  return weights;
}

/** What a word of the question that no source knows weighs at least. */
const unknownWeight = 0.8;

interface Query {
  readonly question: string;
  readonly wanted: ReadonlySet<string>;
  readonly hinted: ReadonlySet<string>;
  readonly weights: ReadonlyMap<string, number>;
}

function score(candidate: Candidate, query: Query): { covered: number; score: number } {
  let covered = 0;
  let points = 0;
  for (const each of query.wanted) {
    const weight = query.weights.get(each) ?? 0;
    if (candidate.stems.has(each)) {
      covered += weight;
      points += weight;
    } else if (candidate.passage.has(each)) {
      covered += weight * 0.5;
      points += weight * 0.4;
    }
  }
  for (const each of query.hinted) {
    if (!candidate.passage.has(each)) continue;
    covered += 0.3;
    points += (query.weights.get(each) ?? 0) * (candidate.stems.has(each) ? 0.5 : 0.25);
  }
  const length = 1 + Math.max(0, candidate.stems.size - 12) * 0.02;
  return { covered, score: (points * kindBonus(query.question, candidate.text)) / length };
}

/** A question for a number is answered by a sentence with a number, and so on. */
function kindBonus(question: string, text: string): number {
  if (/\bhow (?:many|much|long|often|old|far|big|large)\b|\bwie (?:viele?|lange|oft)\b/i.test(question)) {
    return /\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty)\b/i.test(text) ? 1.3 : 1;
  }
  if (/\bwhen\b|\bwann\b|\bwhat (?:date|time|day|year)\b/i.test(question)) return when.test(text) ? 1.3 : 1;
  if (/\bwho\b|\bwer\b/i.test(question)) return /\S\s+\p{Lu}\p{Ll}/u.test(text) ? 1.2 : 1;
  return 1;
}

const when =
  /\d|\b(?:january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b/i;

/** The findings as prose, each run of sentences from one source followed by its citation. */
export function cite(findings: readonly Finding[]): string {
  const parts: string[] = [];
  findings.forEach((finding, index) => {
    const isLast = findings[index + 1]?.label !== finding.label;
    const text = finding.text;
    const needsLabel = finding.label !== undefined && isLast && !text.includes(finding.label);
    parts.push(needsLabel ? `${text} ${finding.label}` : text);
  });
  return parts.join(' ');
}
