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
  for (const { text, label } of passages(material)) {
    if (label === undefined && passages(material).some((passage) => passage.label !== undefined)) continue;
    for (const sentence of sentences(text)) {
      const own = stems(sentence);
      const isKnown = own.filter((each) => answered.has(each) || asked.has(each)).length > own.length / 2;
      const about = isKnown ? undefined : subjectOf(sentence);
      const key = stems(about ?? '').join(' ');
      if (about !== undefined && key !== '' && !found.has(key) && !asked.has(key))
        found.set(key, questionAbout(about, sentence));
    }
  }
  return [...found.values()].slice(0, wanted);
}

const verbs =
  'is|are|was|were|may|must|can|will|should|has|have|had|takes?|costs?|lasts?|covers?|gets?|pays?|ends?|begins?|starts?|expires?|needs?|comes?|answers?|opens?|closes?|meets?|wear|stays?|goes|go';
const statement = new RegExp(
  String.raw`^(?:the|a|an|each|every|all)?\s*([\p{L}\d][\p{L}\d' -]{2,45}?)\s+(${verbs})\b(.*)$`,
  'iu',
);
const nobody =
  /^(?:you|we|i|they|it|he|she|this|that|these|those|there|here|who|what|which|everybody|nobody|people|if|when|at|in|on|after|before|for|to|by|ask|please)\b/i;

/** What a sentence speaks about: the words before its verb. */
function subjectOf(sentence: string): string | undefined {
  const subject = statement.exec(sentence)?.[1]?.trim();
  if (subject === undefined || nobody.test(subject) || subject.split(/\s+/).length > 5) return undefined;
  // A word of many capitals, or a name within a sentence, keeps them.
  return /^\p{Lu}\p{Ll}/u.test(subject) && !/\s\p{Lu}/u.test(subject)
    ? subject.charAt(0).toLowerCase() + subject.slice(1)
    : subject;
}

function questionAbout(subject: string, sentence: string): string {
  const [, , verb = '', rest = ''] = statement.exec(sentence) ?? [];
  const isMany = /[^s]s$/i.test(subject) || /^(?:are|were|have|take|cost|last|cover)$/i.test(verb);
  const does = isMany ? 'do' : 'does';
  const is = isMany ? 'are' : 'is';
  const be = /^(?:is|are|was|were)$/i.test(verb);
  if (/^costs?$/i.test(verb)) return `How much ${does} ${subject} cost?`;
  if (/^(?:may|can)$/i.test(verb) && /\bcost\b/.test(rest)) return `How much may ${subject} cost?`;
  if (/^takes?$/i.test(verb) && duration.test(rest)) return `How long ${does} ${subject} take?`;
  if (/^lasts?$/i.test(verb)) return `How long ${does} ${subject} last?`;
  if (/^(?:expires?|ends?|begins?|starts?|opens?|closes?)$/i.test(verb))
    return `When ${does} ${subject} ${verb.toLowerCase().replace(/s$/, '')}?`;
  if (be && /\bopen from\b/.test(rest)) return `When ${is} ${subject} open?`;
  return `What applies to ${subject}?`;
}

const duration = /\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b/i;
