import { passages } from './passages.ts';
import { findQuestion } from './question.ts';
import { sentences } from './sentences.ts';
import { stems } from './words.ts';

/** Questions that the sources of a prompt answer and that were not just asked: as many as wanted, each about something else. */
export function followUps(prompt: string, wanted: number): string[] {
  const { question, material } = findQuestion(prompt);
  const asked = new Set(stems(question));
  const answered = new Set(stems(/\banswer:\s*(.+)/i.exec(material)?.[1] ?? ''));
  const found = new Map<string, string>();
  const all = passages(material);
  const labelled = all.filter((passage) => passage.label !== undefined);
  for (const { text } of labelled.length > 0 ? labelled : all) {
    for (const sentence of sentences(text)) {
      const own = stems(sentence);
      const isKnown = own.filter((each) => answered.has(each) || asked.has(each)).length > own.length / 2;
      const statement = isKnown ? undefined : readStatement(sentence);
      if (statement === undefined) continue;
      const key = stems(statement.subject).join(' ');
      if (key !== '' && !found.has(key) && !asked.has(key)) found.set(key, questionAbout(statement));
    }
  }
  return [...found.values()].slice(0, wanted);
}

interface Statement {
  /** “the”, “every” and so on, or nothing. */
  readonly determiner: string;
  readonly subject: string;
  readonly verb: string;
  readonly rest: string;
}

const verbs =
  'is|are|was|were|may|must|can|will|should|has|have|had|takes?|costs?|lasts?|covers?|gets?|pays?|ends?|begins?|starts?|expires?|needs?|comes?|answers?|opens?|closes?|meets?|wear|stays?|goes|go';
const pattern = new RegExp(
  String.raw`^((?:the|a|an|each|every|all)\s+)?([\p{L}\d][\p{L}\d' -]{2,45}?)\s+(${verbs})\b(.*)$`,
  'iu',
);
const nobody =
  /^(?:you|we|i|they|it|he|she|this|that|these|those|there|here|who|what|which|everybody|everyone|nobody|people|if|when|at|in|on|after|before|for|to|by|ask|please)\b/i;

/** What a sentence speaks about, its verb, and what it says. */
function readStatement(sentence: string): Statement | undefined {
  const match = pattern.exec(sentence);
  if (match === null) return undefined;
  const [, determiner = '', subject = '', verb = '', rest = ''] = match;
  if (nobody.test(subject) || subject.split(/\s+/).length > 5) return undefined;
  // A word of many capitals, or a name within a sentence, keeps them.
  const isOnlyFirst = determiner === '' && /^\p{Lu}\p{Ll}/u.test(subject) && !/\s\p{Lu}/u.test(subject);
  return {
    determiner: determiner.toLowerCase(),
    subject: isOnlyFirst ? subject.charAt(0).toLowerCase() + subject.slice(1) : subject,
    verb: verb.toLowerCase(),
    rest,
  };
}

function questionAbout({ determiner, subject: noun, verb, rest }: Statement): string {
  const subject = `${determiner}${noun}`;
  const isMany = /[^s]s$/i.test(subject) || manyDo.has(verb);
  const does = isMany ? 'do' : 'does';
  const toDo = verb.replace(/s$/, '');
  if (toDo === 'cost') return `How much ${does} ${subject} cost?`;
  if ((verb === 'may' || verb === 'can') && /\bcost\b/.test(rest)) return `How much may ${subject} cost?`;
  if (toDo === 'take' && duration.test(rest)) return `How long ${does} ${subject} take?`;
  if (toDo === 'last') return `How long ${does} ${subject} last?`;
  if (happens.has(toDo)) return `When ${does} ${subject} ${toDo}?`;
  if (be.has(verb) && /\bopen from\b/.test(rest)) return `When ${isMany ? 'are' : 'is'} ${subject} open?`;
  return `What applies to ${subject}?`;
}

const manyDo: ReadonlySet<string> = new Set('are were have take cost last cover'.split(' '));
const happens: ReadonlySet<string> = new Set('expire end begin start open close'.split(' '));
const be: ReadonlySet<string> = new Set('is are was were'.split(' '));
const duration = /\b(?:second|minute|hour|day|week|month|year)s?\b/i;
