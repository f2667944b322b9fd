/** A text of some length on a subject, for prompts that ask for a story, an essay or a poem; or `undefined`. */
export function longForm(question: string): string | undefined {
  const program = code(question);
  if (program !== undefined) return program;
  const match =
    /\b(?:write|tell|compose|generate|create|give|draft|explain|describe)\b.*?\b(story|essay|poem|haiku|song|article|blog post|paragraph|letter|email|speech|description|overview|detail)s?\b(?:.*?\b(?:about|on|of|for|in|to)\s+(?:an?\s+|the\s+)?([^.?!\n]{2,80}))?/is.exec(
      question,
    );
  if (match === null) return undefined;
  const [, kind = '', about = ''] = match;
  const named = about.replace(/(?:^|\s+(?:in|with|using)\s+)(?:about\s+)?\d.*/i, '').trim();
  const subject = named === '' ? 'the journey' : named;
  if (/haiku/i.test(kind)) {
    const haiku = `Quiet ${subject},\na line that waits for the next,\nthen the stream is done.`;
    return Array.from({ length: howManyHaikus(question) }, () => haiku).join('\n\n');
  }
  if (/poem|song/i.test(kind)) return poem(subject);
  const wanted = Number(/\b(\d{2,4})[ -]words?\b/i.exec(question)?.[1] ?? '150');
  return paragraphs(subject, Math.min(wanted, 2000));
}

/** “Three haikus”, “20 short haikus”. */
function howManyHaikus(question: string): number {
  const word = /\b(\d{1,2}|two|three|four|five|six)\s+(?:\p{L}+\s+)?haiku/iu.exec(question)?.[1] ?? '1';
  const index = ['two', 'three', 'four', 'five', 'six'].indexOf(word.toLowerCase());
  return index === -1 ? Math.min(Number(word), 20) || 1 : index + 2;
}

function poem(subject: string): string {
  return [
    `In the morning there was ${subject},`,
    'clear as a bell and plain as a stone;',
    'at noon the world had turned around it,',
    'by night it walked the road alone.',
    '',
    `And when we asked what ${subject} taught us,`,
    'it gave the answer it had known:',
    'begin with care, go on with patience,',
    'and never leave the end unshown.',
  ].join('\n');
}

/** Turns through a few sentences until there are about as many words as were asked for. */
function paragraphs(subject: string, wanted: number): string {
  let text = '';
  let count = 0;
  for (let index = 0; count < wanted; index++) {
    const sentence = (turns[index % turns.length] ?? '').replaceAll('{}', subject);
    text += `${index % 5 === 0 ? '\n\n' : ' '}${sentence}`;
    count += sentence.split(' ').length;
  }
  return text.trimStart();
}

const turns: readonly string[] = [
  'There is more to {} than a first look shows.',
  'Whoever begins with the small things soon sees how they fit together.',
  'One part explains another, and each question leads to the next.',
  'People have argued about {} for a long time, and they have seldom agreed.',
  'What they share is the wish to understand it well enough to use it.',
  'A good account starts with what can be seen and says where it came from.',
  'It then goes on to what follows, step by step, without leaps.',
  'In practice {} is learned by doing, by failing once and by trying again.',
  'The details change from case to case, but the shape stays the same.',
  'In the end {} rewards those who stay with it.',
];

/** A stub in the language asked for. */
function code(question: string): string | undefined {
  const [, named, task = 'does what was asked for'] =
    /\b(?:write|create|give me|implement|show)\b.*?\b(python|javascript|typescript|java|c#|go|bash|sql)(?!\w).*?\b(?:function|program|script|code|method|query|class)\b(?:\s+(?:that|which|to|for)\s+([^.?!\n]{2,100}))?/i.exec(
      question,
    ) ?? [];
  if (named === undefined) return undefined;
  const language = named.toLowerCase();
  const body =
    language === 'python'
      ? `def solve(*values):\n    # ${task}\n    return sum(values)`
      : language === 'sql'
        ? `-- ${task}\nSELECT 1;`
        : language === 'bash'
          ? `# ${task}\necho "done"`
          : `// ${task}\nfunction solve(...values) {\n  return values.reduce((sum, value) => sum + value, 0);\n}`;
  return `\`\`\`${language}\n${body}\n\`\`\``;
}
