import type { Conversation } from './conversation.ts';
import { findQuestion } from './question.ts';
import { refersBack } from './refers-back.ts';
import { sentences } from './sentences.ts';
import { stems, words } from './words.ts';

/** The answer to a task that works on a given text (summarise, classify, title, …), or `undefined`. */
export function doTask(conversation: Conversation): string | undefined {
  const { question, instructions } = conversation;
  const order = `${instructions}\n${question}`;
  if (/\bsearch quer(?:y|ies)\b/i.test(order)) return searchQuery(conversation);
  const text = textToWorkOn(conversation);
  if (text === '') return undefined;
  if (/\bsummari[sz]e|\bsummary\b|\btl;?dr\b|\b(?:key|main) points?\b/i.test(order))
    return summary(text, order);
  if (/\btitle\b|\bheadline\b|\bsubject line\b/i.test(question)) return title(text);
  if (/\bkey ?words?\b/i.test(question)) return keywords(text);
  const options = labels(order);
  if (options.length > 1) return choose(options, text);
  if (
    /\btranslat|\brewrite|\brephrase|\bparaphrase|\bproofread|\bcorrect (?:the|this)|\bsimplify|\bformal(?:ly)?\b/i.test(
      order,
    )
  ) {
    return text;
  }
  return undefined;
}

/** The question as words to search with; a question that refers back includes the words of the one before it. */
function searchQuery({ question, background }: Conversation): string {
  const own = keywords(question);
  const isComplete = own.includes(' ') && !refersBack(question);
  if (isComplete || background === '') return own === '' ? question : own;
  const earlier = findQuestion(background).question;
  const both = keywords(`${earlier} ${question}`);
  return both === '' ? `${earlier} ${question}` : both;
}

/** The text below the task, or in quotes in it, or the whole message when the task is in the system message. */
function textToWorkOn({ material, question, instructions, asked, background }: Conversation): string {
  if (material !== '') return material;
  if (taskInstruction.test(instructions)) return asked;
  const quoted = /["“]([^"”]{3,})["”]/.exec(question)?.[1];
  if (quoted !== undefined) return quoted;
  const tail = /:\s+(\S[\s\S]{2,})/.exec(question)?.[1];
  if (tail !== undefined) return tail;
  return /\b(?:above|this|that|it|conversation|our)\b/i.test(question) ? background : '';
}

const taskInstruction =
  /\b(?:summari[sz]|translat|classif|categori[sz]|rewrit|rephras|proofread|extract|sentiment)/i;

/** The sentences that share most words with the rest of the text, in its order. */
export function summary(text: string, order = ''): string {
  const [, count = '3'] =
    /\b(\d+|one|two|three|four|five|single)[\s-]+(?:\w+\s+)?(?:sentence|bullet|point|line|item)/i.exec(
      order,
    ) ?? [];
  const wanted = numbers[count.toLowerCase()] ?? Number(count);
  const all = [...new Set(sentences(text))].filter((sentence) => !sentence.endsWith(':'));
  const frequency = new Map<string, number>();
  for (const each of stems(text)) frequency.set(each, (frequency.get(each) ?? 0) + 1);
  const chosen = all
    .map((sentence, order) => ({
      sentence,
      order,
      score: centrality(sentence, frequency) + (order === 0 ? 0.5 : 0),
    }))
    .sort((a, b) => b.score - a.score)
    .slice(0, Math.max(1, wanted))
    .sort((a, b) => a.order - b.order)
    .map(({ sentence }) => sentence.replace(/^(?:[-*•]|\d+[.)])\s+/, ''));
  const isList = /\b(?:bullet|list\b|points?\b)/i.test(order);
  return isList ? chosen.map((sentence) => `- ${sentence}`).join('\n') : chosen.join(' ');
}

const numbers: Readonly<Record<string, number>> = { one: 1, single: 1, two: 2, three: 3, four: 4, five: 5 };

function centrality(sentence: string, frequency: ReadonlyMap<string, number>): number {
  const own = stems(sentence);
  if (own.length < 3) return 0;
  const sum = own.reduce((total, each) => total + (frequency.get(each) ?? 0) - 1, 0);
  return sum / Math.sqrt(own.length * 10);
}

/** The first words of a text, up to a natural end. */
export function title(text: string): string {
  const [first = ''] = sentences(text);
  const [short = ''] = first.split(/[,;:]|\s[–—-]\s/);
  const kept = short
    .split(/\s+/)
    .slice(0, 8)
    .join(' ')
    .replace(/[.!?]+$/, '');
  return kept.charAt(0).toUpperCase() + kept.slice(1);
}

/** The content words of a text, once each. */
export function keywords(text: string): string {
  const seen = new Set<string>();
  const kept: string[] = [];
  for (const word of words(text)) {
    const [stem] = stems(word);
    if (stem === undefined || seen.has(stem)) continue;
    seen.add(stem);
    kept.push(word);
  }
  return kept.slice(0, 8).join(' ');
}

const separator = String.raw`\s*,\s*(?:(?:or|and)\s+)?|\s+(?:or|and)\s+|\s*[/|]\s*`;
const labelList = new RegExp(
  String.raw`\b(?:as|into|one of|either|categories|labels|classes|with|options)\b[^:.\n]{0,40}?[:\s]\s*((?:["'\`]?[\w -]{1,30}["'\`]?(?:${separator})){1,12}["'\`]?[\w-]{1,30}["'\`]?)`,
  'i',
);

/** The labels that a classification names: “as positive, negative or neutral”. */
function labels(order: string): string[] {
  if (!/\bclassif|\bcategori[sz]e|\bsentiment|\blabel\b|\bwhich category/i.test(order)) return [];
  const list = labelList.exec(order)?.[1];
  if (list === undefined) return /\bsentiment/i.test(order) ? ['positive', 'negative', 'neutral'] : [];
  return list.split(new RegExp(separator, 'i')).map((label) => label.replace(/["'`]/g, ''));
}

/** The option that fits a text: named in it, sharing its words, or by its tone. */
export function choose(options: readonly string[], text: string): string {
  const own = new Set(stems(text));
  const scores = options.map((option) => {
    const parts = stems(option);
    const shared = parts.filter((part) => own.has(part)).length / Math.max(parts.length, 1);
    const cues = tones.find(({ names }) => names.test(option))?.cues;
    const tone = cues === undefined ? 0 : (text.match(cues)?.length ?? 0) * 0.4;
    return shared + tone + (/^(?:neutral|other|unknown|general|medium|normal)$/i.test(option) ? 0.1 : 0);
  });
  const best = Math.max(...scores);
  return options[scores.indexOf(best)] ?? '';
}

const tones: readonly { readonly names: RegExp; readonly cues: RegExp }[] = [
  {
    names: /^(?:positive|happy|joy|good|satisfied)$/i,
    cues: /\b(?:good|great|love[ds]?|excellent|amazing|happy|wonderful|fantastic|best|thanks?|perfect|nice|enjoy\w*|delight\w*|pleased|recommend)\b/gi,
  },
  {
    names: /^(?:negative|sad|angry|anger|bad|unhappy|dissatisfied|complaint)$/i,
    cues: /\b(?:bad|terrible|awful|hate[ds]?|worst|poor|disappoint\w*|broken|angry|sad|horrible|slow|unhappy|fail\w*|never again|rude|refund)\b/gi,
  },
  {
    names: /^(?:urgent|high|critical)$/i,
    cues: /\b(?:urgent\w*|asap|immediately|critical|outage|down|emergency|now)\b/gi,
  },
  { names: /^(?:low|minor)$/i, cues: /\b(?:minor|whenever|no rush|low|cosmetic)\b/gi },
  { names: /^(?:celsius|metric|c)$/i, cues: /\b(?:celsius|°c|metric)\b|°C/gi },
  { names: /^(?:fahrenheit|imperial|f)$/i, cues: /\b(?:fahrenheit|imperial)\b|°F/gi },
];
