import { isRecord, parseJson, shown } from '../answer/records.ts';
import { countTokens } from '../answer/tokens.ts';
import { holds, textOf, type Row } from '../evals/evaluation.ts';
import type { OperationRequest } from '../service/operation.ts';
import { checkValue, missing } from '../service/parameter.ts';
import { json, type WireResponse } from '../service/wire-response.ts';
import { compute } from './formula.ts';

type Json = Readonly<Record<string, unknown>>;

/** Answers `POST /fine_tuning/alpha/graders/validate`. */
export function validateGrader({ body }: OperationRequest): WireResponse {
  return json({ grader: readGrader(body['grader'], 'grader') });
}

/** Answers `POST /fine_tuning/alpha/graders/run`: decides what can be decided without a model and without Python. */
export function runGrader({ body }: OperationRequest): WireResponse {
  const grader = readGrader(body['grader'], 'grader');
  if (body['model_sample'] === undefined) throw missing('model_sample');
  checkValue(body['model_sample'], 'model_sample', { type: 'string' });
  const sample = shown(body['model_sample']);
  const output = parseJson(sample);
  const row: Row = {
    item: isRecord(body['item']) ? body['item'] : {},
    sample: { output_text: sample, ...(isRecord(output) && { output_json: output }) },
  };
  const grade = gradeOf(grader, row);
  return json({
    reward: grade.reward,
    metadata: {
      name: shown(grader['name']),
      type: shown(grader['type']),
      errors: { ...noErrors, ...grade.errors },
      execution_time: 0,
      scores: grade.scores ?? {},
      token_usage: grade.tokens ?? null,
      sampled_model_name: grade.model ?? null,
    },
    sub_rewards: grade.scores ?? {},
    model_grader_token_usage_per_model: grade.model === undefined ? {} : { [grade.model]: grade.tokens },
  });
}

const noErrors = {
  formula_parse_error: false,
  sample_parse_error: false,
  truncated_observation_error: false,
  unresponsive_reward_error: false,
  invalid_variable_error: false,
  other_error: false,
  python_grader_server_error: false,
  python_grader_server_error_type: null,
  python_grader_runtime_error: false,
  python_grader_runtime_error_details: null,
  model_grader_server_error: false,
  model_grader_refusal_error: false,
  model_grader_parse_error: false,
  model_grader_server_error_details: null,
};

interface Grade {
  readonly reward: number;
  readonly errors?: Json;
  /** Of the graders of a multi grader. */
  readonly scores?: Readonly<Record<string, number>>;
  readonly model?: string;
  readonly tokens?: number;
}

function gradeOf(grader: Json, row: Row): Grade {
  switch (grader['type']) {
    case 'string_check':
      return { reward: holds(grader, row) ? 1 : 0 };
    case 'text_similarity':
      return { reward: similarity(textOf(grader['input'], row), textOf(grader['reference'], row)) };
    case 'score_model':
      return scoreOf(grader, row);
    case 'multi':
      return multiGrade(grader, row);
    default: {
      const errors = {
        python_grader_server_error: true,
        python_grader_server_error_type: 'The mock runs no Python.',
      };
      return { reward: 0, errors };
    }
  }
}

/** The mock has no model as a judge: it gives the highest score of the range. */
function scoreOf(grader: Json, row: Row): Grade {
  const range = Array.isArray(grader['range']) ? grader['range'].map(Number) : [0, 1];
  const asked = Array.isArray(grader['input']) ? grader['input'] : [];
  const text = asked
    .map((message) => textOf(isRecord(message) ? message['content'] : message, row))
    .join('\n');
  return { reward: range[1] ?? 1, model: shown(grader['model']), tokens: countTokens(text) + 1 };
}

function multiGrade(grader: Json, row: Row): Grade {
  const graders = Object.entries(grader['graders'] as Json);
  const scores = Object.fromEntries(graders.map(([name, each]) => [name, gradeOf(each as Json, row).reward]));
  const reward = compute(shown(grader['calculate_output']), new Map(Object.entries(scores)));
  return reward === undefined
    ? { reward: 0, scores, errors: { formula_parse_error: true } }
    : { reward, scores };
}

/** How many words two texts have in common, from 0 to 1 (F1 of ROUGE-1); the mock takes it for every metric. */
function similarity(text: string, reference: string): number {
  const words = (of: string): string[] => of.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const [one, other] = [words(text), words(reference)];
  if (one.length + other.length === 0) return 1;
  const left = new Map<string, number>();
  for (const word of other) left.set(word, (left.get(word) ?? 0) + 1);
  const common = one.filter((word) => {
    const count = left.get(word) ?? 0;
    left.set(word, count - 1);
    return count > 0;
  });
  return (2 * common.length) / (one.length + other.length);
}

const needed: Readonly<Record<string, readonly string[]>> = {
  string_check: ['name', 'input', 'reference', 'operation'],
  text_similarity: ['name', 'input', 'reference', 'evaluation_metric'],
  python: ['name', 'source'],
  score_model: ['name', 'model', 'input'],
  multi: ['name', 'graders', 'calculate_output'],
};

const operations = ['eq', 'ne', 'like', 'ilike'];
const metrics = ['fuzzy_match', 'bleu', 'gleu', 'meteor', 'cosine'].concat(
  ['1', '2', '3', '4', '5', 'l'].map((length) => `rouge_${length}`),
);

/** A grader that the service would run. A multi grader holds no other one. */
function readGrader(sent: unknown, path: string): Json {
  if (sent === undefined) throw missing(path);
  checkValue(sent, path, { type: 'object' });
  const grader = sent as Json;
  if (grader['type'] === undefined) throw missing(`${path}.type`);
  const types = Object.keys(needed).filter((type) => type !== 'multi' || path === 'grader');
  checkValue(grader['type'], `${path}.type`, { type: 'string', oneOf: types });
  for (const name of needed[shown(grader['type'])] ?? [])
    if (grader[name] === undefined) throw missing(`${path}.${name}`);
  checkOneOf(grader['operation'], `${path}.operation`, operations);
  checkOneOf(grader['evaluation_metric'], `${path}.evaluation_metric`, metrics);
  if (grader['type'] !== 'multi') return grader;
  checkValue(grader['graders'], `${path}.graders`, { type: 'object' });
  for (const [name, each] of Object.entries(grader['graders'] as Json))
    readGrader(each, `${path}.graders.${name}`);
  return grader;
}

function checkOneOf(value: unknown, path: string, oneOf: readonly string[]): void {
  if (value !== undefined) checkValue(value, path, { type: 'string', oneOf });
}
