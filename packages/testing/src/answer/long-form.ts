/** A text of some length on a subject, for prompts that ask for a story, an essay or a poem; or `undefined`. */
export function longForm(question: string): string | undefined {
  const program = code(question);
  if (program !== undefined) return program;
  const match =
    /\b(?:write|tell|compose|generate|create|give|draft|explain|describe)\b.*?\b(story|essay|poem|haiku|song|article|blog post|paragraph|letter|email|speech|description|overview|detail)s?\b(?:.*?\b(?:about|on|of|for|in|to)\s+(?:an?\s+|the\s+)?([^.?!\n]{2,80}))?/is.exec(
      question,
    );
  if (match === null) return undefined;
  const kind = match[1]?.toLowerCase() ?? '';
  const named = (match[2] ?? '').replace(/(?:^|\s+(?:in|with|using)\s+)(?:about\s+)?\d+.*$/i, '').trim();
  const subject = named === '' ? 'the journey' : named;
  if (kind === 'haiku') {
    const haiku = `Quiet ${subject},\na line that waits for the next,\nthen the stream is done.`;
    return Array.from({ length: howMany(question, kind) }, () => haiku).join('\n\n');
  }
  if (kind === 'poem' || kind === 'song') return poem(subject);
  const wanted = Number(/\b(\d{2,4})[ -]words?\b/i.exec(question)?.[1] ?? '150');
  return paragraphs(subject, Math.min(wanted, 2000));
}

/** The number before a kind of text: “three haikus”. */
function howMany(question: string, kind: string): number {
  const word = new RegExp(String.raw`\b(\d{1,2}|two|three|four|five|six)\s+(?:\p{L}+\s+)?${kind}`, 'iu').exec(
    question,
  )?.[1];
  const index = ['one', 'two', 'three', 'four', 'five', 'six'].indexOf(word?.toLowerCase() ?? 'one');
  return index === -1 ? Math.min(Math.max(Number(word), 1), 20) : index + 1;
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
  const parts: string[] = [];
  let count = 0;
  for (let index = 0; count < wanted; index++) {
    const sentence = (turns[index % turns.length] ?? '').replaceAll('{}', subject);
    parts.push(index > 0 && index % 5 === 0 ? `\n\n${sentence}` : index === 0 ? sentence : ` ${sentence}`);
    count += sentence.split(' ').length;
  }
  return parts.join('');
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
  const match =
    /\b(?:write|create|give me|implement|show)\b.*?\b(python|javascript|typescript|java|c#|go|bash|sql)\b.*?\b(?:function|program|script|code|method|query|class)\b(?:\s+(?:that|which|to|for)\s+([^.?!\n]{2,100}))?/i.exec(
      question,
    );
  const language = match?.[1]?.toLowerCase();
  if (language === undefined) return undefined;
  const task = match?.[2]?.trim() ?? 'does what was asked for';
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
