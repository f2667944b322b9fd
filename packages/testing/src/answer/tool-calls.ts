import type { AnswerCall, AnswerInput, AnswerTool } from './answer-input.ts';
import { conceptOf } from './concepts.ts';
import type { Conversation } from './conversation.ts';
import { places } from './facts.ts';
import { isRecord } from './records.ts';
import { schemaValue } from './schema-value.ts';
import { searchedLength } from './tidy.ts';
import { stems } from './words.ts';

/**
 * The calls that the question asks for, none when no tool obviously fits. A tool is called once for each
 * of several places that the question names, and several tools when its clauses ask for different things.
 */
export function chooseCalls(input: AnswerInput, conversation: Conversation): AnswerCall[] {
  const { tools, isRequired } = allowed(input);
  if (tools.length === 0) return [];
  const called = new Set(conversation.results.map((result) => result.tool));
  const waiting = tools.filter((tool) => !called.has(tool.name));
  const limit = input.parallelToolCalls === false ? 1 : 16;
  const text = conversation.question;
  const ordered = called.size > 0 ? undefined : waiting.find((tool) => isAskedFor(tool, text, conversation));
  const matches =
    ordered === undefined ? byClause(waiting, text, called.size > 0) : [{ tool: ordered, clause: text }];
  const calls = matches.flatMap(({ tool, clause }) => callsOf(tool, clause, conversation));
  if (calls.length > 0) return calls.slice(0, limit);
  if (!isRequired) return [];
  return ranked(waiting.length > 0 ? waiting : tools, text)
    .slice(0, 1)
    .flatMap(({ tool }) => callsOf(tool, text, conversation))
    .slice(0, limit);
}

function allowed(input: AnswerInput): { tools: readonly AnswerTool[]; isRequired: boolean } {
  const tools = input.tools ?? [];
  const choice = input.toolChoice ?? 'auto';
  if (typeof choice === 'string')
    return { tools: choice === 'none' ? [] : tools, isRequired: choice === 'required' };
  return {
    tools: tools.filter((tool) => choice.names.includes(tool.name)),
    isRequired: choice.mode === 'required',
  };
}

/** Whether a system message, or the tool's own description, plainly says to call it for a question like this. */
function isAskedFor(
  { name, description = '' }: AnswerTool,
  text: string,
  { instructions }: Conversation,
): boolean {
  if (/^(?:hi|hello|hey|thanks?)\b/i.test(text)) return false;
  const orders = [
    ...instructions.split(/(?<=[.!?])\s|\n/).filter((sentence) => sentence.includes(name)),
    ...description
      .split(/(?<=[.!?])\s|\n/)
      .filter((sentence) => /\b(?:this|the) (?:tool|function)\b|^(?:always )?(?:use|call)\b/i.test(sentence)),
  ]
    .filter((sentence) => !/\b(?:not|never|don't|only (?:if|when|after))\b/i.test(sentence))
    .filter((sentence) => /\b(?:use|call|invoke|run)\b/i.test(sentence));
  return orders.some((sentence) => {
    if (
      /\b(?:always|every|any|all|each)\b[^.]{0,30}\b(?:question|request|message|query|time)/i.test(sentence)
    )
      return true;
    const cues = stems(sentence.replaceAll(name, ' '))
      .map(conceptOf)
      .filter((each) => !orderWords.has(each));
    const asked = new Set(stems(text).map(conceptOf));
    return cues.some((cue) => asked.has(cue));
  });
}

const orderWords: ReadonlySet<string> = new Set(
  stems('use call invoke run tool function always must question request user answer this').map(conceptOf),
);

interface Match {
  readonly tool: AnswerTool;
  readonly clause: string;
}

/** The tool of each clause; a clause without one of its own belongs to the clause before it. */
function byClause(tools: readonly AnswerTool[], text: string, isLater: boolean): Match[] {
  const least = isLater ? certain : likely;
  const bestFor = (clause: string) => ranked(tools, clause).find(({ score }) => score >= least)?.tool;
  const found: { tool: AnswerTool; clause: string }[] = [];
  for (const clause of clauses(text)) {
    const tool = bestFor(clause);
    const current = found.at(-1);
    if (tool !== undefined && tool !== current?.tool) found.push({ tool, clause });
    else if (current !== undefined) current.clause = `${current.clause} and ${clause}`;
  }
  if (found.length > 1) return found;
  const tool = found[0]?.tool ?? bestFor(text);
  return tool === undefined ? [] : [{ tool, clause: text }];
}

function clauses(text: string): string[] {
  return text.split(/[?;!]\s+|\.\s+(?=\p{Lu})|,?\s+(?:and then|then|and also|also|and|und)\s+/u);
}

/** A word of the tool's name counts 2, of its description or parameters 1. */
const likely = 2;
/** After a first result, only a tool that the question names clearly is called as well. */
const certain = 4;

function ranked(
  tools: readonly AnswerTool[],
  text: string,
): { readonly tool: AnswerTool; readonly score: number }[] {
  const asked = new Set(stems(text).map(conceptOf));
  return tools.map((tool) => ({ tool, score: score(tool, text, asked) })).sort((a, b) => b.score - a.score);
}

function score(tool: AnswerTool, text: string, asked: ReadonlySet<string>): number {
  const named = stems(tool.name).map(conceptOf);
  const name = new Set(named.filter((each) => !verbs.has(each)));
  const about = stems(`${tool.description ?? ''} ${parameterWords(tool.parameters)}`).map(conceptOf);
  let points = text.includes(tool.name) ? 6 : 0;
  for (const each of name) if (asked.has(each)) points += 2;
  for (const each of new Set(about.filter((word) => !name.has(word)))) {
    if (asked.has(each)) points += verbs.has(each) ? 0.5 : 1;
  }
  // A verb in the name speaks for the tool when its subject does as well.
  if (points >= 1) for (const each of named) if (verbs.has(each) && asked.has(each)) points += 1;
  return points + (points > 0 ? intentOf(tool, text) : 0) + kindOf(tool, text);
}

const makes =
  /^(?:create|open|add|new|submit|request|book|send|schedule|register|make|file|report|order|set|start|update|delete|cancel)/i;
const reads = /^(?:get|list|find|search|show|fetch|read|lookup|look|query|check|retrieve)/i;
const wantsMade =
  /\b(?:create|add|make|file|raise|report|submit|book|request|schedule|send|order|register|cancel|delete|update)\b|\bopen (?:an?|the|new)\b/i;
const wantsRead =
  /^(?:please )?(?:what|which|who|when|where|how|show|list|find|check|do|does|is|are|tell|give)\b/i;

/** A request to create something is not answered by a list of them, and vice versa. */
function intentOf({ name }: AnswerTool, text: string): number {
  const isMaking = wantsMade.test(text) && !wantsRead.test(text);
  if (isMaking) return makes.test(name) ? 1.5 : reads.test(name) ? -1 : 0;
  if (!wantsRead.test(text)) return 0;
  return reads.test(name) ? 1 : makes.test(name) ? -1 : 0;
}

/** Tools of a kind that the words of a question seldom name. */
function kindOf({ name, description = '' }: AnswerTool, text: string): number {
  const isSearch = /search|query|lookup|retriev|knowledge|find_doc/i.test(name);
  if (isSearch && (wantsRead.test(text) || text.endsWith('?') || /^(?:search|look)\b/i.test(text))) return 2;
  if (/calc|math|comput|eval/i.test(name) && /\d\s*[-+*/×÷^]\s*\d/.test(text)) return 3;
  if (arithmetic.some(([tool, words]) => tool.test(`${name} ${description}`) && words.test(text))) return 4;
  const isAboutPeople =
    /colleague|employee|person|people|directory|staff|contact/i.test(name) ||
    /\bdirectory\b|\bcolleagues\b/i.test(description);
  return isAboutPeople && /^who\b/i.test(text) ? 2 : 0;
}

/** Names of tools for the four kinds of arithmetic, and the words that ask for them: before two numbers, or between them. */
const arithmetic: readonly (readonly [tool: RegExp, words: RegExp])[] = [
  [/\badd(?:s|ition)?(?:\b|_)|_add(?:ition)?\b|\bsums?\b/i, ofTwo('sum|add|plus|total', String.raw`\+|plus`)],
  [/subtract|\bminus\b|_sub\b/i, ofTwo('subtract|minus|difference', 'minus|less')],
  [/multipl|\bproduct of\b/i, ofTwo('multiply|product|times', 'times|multiplied by')],
  [/divi(?:de|sion)|quotient/i, ofTwo('divide|quotient', 'divided by|over')],
];

function ofTwo(before: string, between: string): RegExp {
  return new RegExp(String.raw`\b(?:${before})\b.*\d\D+\d|\d\s*(?:${between})\s*\d`, 'i');
}

const verbs: ReadonlySet<string> = new Set(
  'get set find list show fetch creat add make call current run do tool function user given data info inform return use valu nam type number string new name'.split(
    ' ',
  ),
);

function parameterWords(parameters: unknown): string {
  const properties = propertiesOf(parameters);
  const options = Object.values(properties).flatMap((property) =>
    isRecord(property) && Array.isArray(property['enum']) ? (property['enum'] as unknown[]) : [],
  );
  return [...Object.keys(properties), ...options.filter((option) => typeof option === 'string')].join(' ');
}

function propertiesOf(parameters: unknown): Readonly<Record<string, unknown>> {
  return isRecord(parameters) && isRecord(parameters['properties']) ? parameters['properties'] : {};
}

/** One call, or one for each place where the tool takes a single place and the clause names several. */
function callsOf(tool: AnswerTool, clause: string, conversation: Conversation): AnswerCall[] {
  if (tool.kind === 'custom') return [{ name: tool.name, arguments: clause }];
  const named = takesOnePlace(tool.parameters) ? places(clause) : [];
  const texts = named.length > 1 ? named.map((place) => onlyPlace(clause, named, place)) : [clause];
  return texts.map((text) => ({
    name: tool.name,
    arguments: JSON.stringify(argumentsFor(tool, text, conversation)),
  }));
}

function argumentsFor(tool: AnswerTool, clause: string, conversation: Conversation): unknown {
  const { asked, material, question, results, background } = conversation;
  const isAll = clause === question;
  const known = [clause, isAll ? asked : '', material, ...results.map((result) => result.text), background];
  const text = known
    .filter((part) => part !== '')
    .join('\n')
    .slice(0, searchedLength);
  return schemaValue(
    tool.parameters ?? { type: 'object' },
    { text, question: clause, prose: () => clause },
    tool.name,
  );
}

function takesOnePlace(parameters: unknown): boolean {
  const names = Object.entries(propertiesOf(parameters))
    .filter(([, property]) => isRecord(property) && property['type'] === 'string')
    .map(([name]) => name);
  return names.filter((name) => /loc(?:ation)?$|city|place|country|region|town/i.test(name)).length === 1;
}

/** The clause with one of its places, and what it says after the last of them, such as the unit. */
function onlyPlace(clause: string, named: readonly string[], place: string): string {
  const start = clause.replace(/\s*\b(?:in|at|near|for|of|between)\s+\p{Lu}.*/su, '');
  const last = named.at(-1) ?? '';
  const rest = clause.slice(clause.lastIndexOf(last) + last.length).replace(/^[\s,?.!]+/, ' ');
  return `${start} in ${place}${rest}`.trim();
}
