import { isRecord, shown } from '../answer/records.ts';
import { collection, type Collection } from '../collections/collection.ts';
import { lifecycle } from '../collections/lifecycle.ts';
import { readMetadata, type Metadata } from '../collections/metadata.ts';
import { page, type Listed } from '../collections/page.ts';
import type { Operation, OperationRequest, ResourceRequest } from '../service/operation.ts';
import { checkValue, missing } from '../service/parameter.ts';
import { json, type WireResponse } from '../service/wire-response.ts';
import { itemsOf, judge, type Judged } from './evaluation.ts';

type Json = Readonly<Record<string, unknown>>;

interface Eval {
  readonly id: string;
  readonly createdAt: number;
  readonly name: string;
  readonly dataSource: unknown;
  readonly criteria: readonly unknown[];
  readonly metadata: Metadata;
}

interface Run {
  readonly id: string;
  readonly createdAtMs: number;
  readonly createdAt: number;
  readonly evalId: string;
  readonly name: string;
  readonly model: string | null;
  readonly dataSource: unknown;
  readonly judged: readonly Judged[];
  readonly metadata: Metadata;
  readonly isCancelled: boolean;
}

const evals: Collection<Eval> = collection('Eval');
const runs: Collection<Run> = collection('Eval run');

const one = '/evals/{eval}';
const run = `${one}/runs/{run}`;

/** Evaluations and their runs. */
export const evalOperations: readonly Operation[] = [
  ...lifecycle({
    name: 'Evals',
    path: '/evals',
    param: 'eval',
    since: '2025-04-01-preview',
    objects: evals,
    create: createEval,
    update: (found, { body }) => ({
      ...found,
      ...(typeof body['name'] === 'string' && { name: body['name'] }),
      ...('metadata' in body && { metadata: readMetadata(body['metadata']) }),
    }),
    write: writeEval,
    deleted: ({ id }) => ({ object: 'eval.deleted', deleted: true, eval_id: id }),
  }),
  ...lifecycle({
    name: 'EvalRuns',
    path: `${one}/runs`,
    param: 'run',
    parent: 'eval',
    parents: evals,
    since: '2025-04-01-preview',
    objects: runs,
    write: writeRun,
    // The SDK reads `run_id`, the v1 spec has `eval_run_id`.
    deleted: ({ id }) => ({ object: 'eval_run.deleted', deleted: true, run_id: id, eval_run_id: id }),
  }),
  {
    name: 'EvalRuns_Create',
    method: 'POST',
    v1: `${one}/runs`,
    dated: `${one}/runs`,
    since: '2025-04-01-preview',
    target: 'resource',
    handle: createRun,
  },
  cancelling(run),
  // The SDK has a path of its own for it, the spec has not.
  cancelling(`${run}/cancel`),
  {
    name: 'EvalRuns_ListOutputItems',
    method: 'GET',
    v1: `${run}/output_items`,
    dated: `${run}/output_items`,
    since: '2025-04-01-preview',
    target: 'resource',
    handle: (request) => json(page(outputItems(request), request)),
  },
  {
    name: 'EvalRuns_GetOutputItem',
    method: 'GET',
    v1: `${run}/output_items/{item}`,
    dated: `${run}/output_items/{item}`,
    since: '2025-04-01-preview',
    target: 'resource',
    handle: getOutputItem,
  },
];

function cancelling(path: string): Operation {
  return {
    name: 'EvalRuns_Cancel',
    method: 'POST',
    v1: path,
    dated: path,
    since: '2025-04-01-preview',
    reads: 'none',
    target: 'resource',
    handle(request) {
      const found = runs.find(request, request.params['run'] ?? '', request.params['eval'] ?? '');
      return json(writeRun(runs.put(request, { ...found, isCancelled: true }, found.evalId), request));
    },
  };
}

function createEval({ body, random, dateMs }: OperationRequest): Eval {
  for (const name of ['data_source_config', 'testing_criteria'])
    if (body[name] === undefined) throw missing(name);
  checkValue(body['data_source_config'], 'data_source_config', { type: 'object' });
  checkValue(body['testing_criteria'], 'testing_criteria', { type: 'array', of: 'objects' });
  return {
    id: random.id('eval_', 32),
    createdAt: Math.floor(dateMs / 1000),
    name: typeof body['name'] === 'string' ? body['name'] : 'Eval',
    dataSource: body['data_source_config'],
    criteria: body['testing_criteria'] as unknown[],
    metadata: readMetadata(body['metadata']),
  };
}

function writeEval(found: Eval): Listed {
  const written = {
    id: found.id,
    object: 'eval',
    created_at: found.createdAt,
    name: found.name,
    data_source_config: found.dataSource,
    testing_criteria: found.criteria,
    metadata: found.metadata,
  };
  return written;
}

async function createRun(request: ResourceRequest): Promise<WireResponse> {
  const { body, random, clock, params } = request;
  const evaluation = evals.find(request, params['eval'] ?? '');
  if (body['data_source'] === undefined) throw missing('data_source');
  checkValue(body['data_source'], 'data_source', { type: 'object' });
  const source = body['data_source'] as Json;
  const model = typeof source['model'] === 'string' ? source['model'] : null;
  const judged: Judged[] = [];
  for (const [index, row] of itemsOf(request, source).entries()) {
    const output = model === null ? '' : await sample(request, { model, source, row, index });
    judged.push(judge(row, output, evaluation.criteria));
  }
  const made: Run = {
    id: random.id('evalrun_', 32),
    createdAtMs: clock.now(),
    createdAt: Math.floor(request.dateMs / 1000),
    evalId: evaluation.id,
    name: typeof body['name'] === 'string' ? body['name'] : 'Run',
    model,
    dataSource: source,
    judged,
    metadata: readMetadata(body['metadata']),
    isCancelled: false,
  };
  return json(writeRun(runs.put(request, made, evaluation.id), request));
}

/** Calls the deployment that a run tests, with the messages of its template. */
async function sample(
  request: ResourceRequest,
  { model, source, row, index }: { model: string; source: Json; row: Json; index: number },
): Promise<string> {
  const input = isRecord(source['input_messages']) ? source['input_messages'] : {};
  const item = isRecord(row['item']) ? row['item'] : row;
  const template = Array.isArray(input['template']) ? input['template'].filter(isRecord) : [];
  const messages = template.map(({ role, content }) => {
    const text = isRecord(content) ? content['text'] : content;
    const filled = shown(text).replace(/\{\{\s*item\.(\w+)\s*\}\}/g, (_, key: string) =>
      shown(item[key] ?? ''),
    );
    return { role, content: filled };
  });
  const response = await request.dispatch({
    path: '/chat/completions',
    body: { model, messages },
    label: `item-${index}`,
  });
  if (response.kind !== 'json' || response.status !== 200) return '';
  const { choices } = JSON.parse(response.text) as {
    choices: readonly { message: { content: string | null } }[];
  };
  return choices[0]?.message.content ?? '';
}

const queuedMs = 500;
const perItemMs = 100;

function statusOf(
  found: Run,
  { clock }: OperationRequest,
): 'queued' | 'in_progress' | 'completed' | 'canceled' {
  if (found.isCancelled) return 'canceled';
  const passedMs = clock.now() - found.createdAtMs;
  if (passedMs < queuedMs) return 'queued';
  return passedMs < queuedMs + found.judged.length * perItemMs ? 'in_progress' : 'completed';
}

function hasPassed({ verdicts }: Judged): boolean {
  return verdicts.every((verdict) => verdict.passed);
}

function writeRun(found: Run, request: OperationRequest): Listed {
  const status = statusOf(found, request);
  const judged = status === 'completed' ? found.judged : [];
  const passed = judged.filter(hasPassed).length;
  const names = new Set(judged.flatMap(({ verdicts }) => verdicts.map((verdict) => verdict.name)));
  const written = {
    id: found.id,
    object: 'eval.run',
    created_at: found.createdAt,
    eval_id: found.evalId,
    name: found.name,
    model: found.model ?? '',
    status,
    data_source: found.dataSource,
    report_url: '',
    result_counts: { total: judged.length, errored: 0, failed: judged.length - passed, passed },
    per_model_usage: [],
    per_testing_criteria_results: [...names].map((name) => {
      const all = judged.flatMap(({ verdicts }) => verdicts.filter((verdict) => verdict.name === name));
      const good = all.filter((verdict) => verdict.passed).length;
      return { testing_criteria: name, passed: good, failed: all.length - good };
    }),
    // The v1 spec has an object here even without an error.
    error: { code: '', message: '' },
    metadata: found.metadata,
  };
  return written;
}

function outputItems(request: OperationRequest): Listed[] {
  const found = runs.find(request, request.params['run'] ?? '', request.params['eval'] ?? '');
  if (statusOf(found, request) !== 'completed') return [];
  return found.judged.map((judged, index) => {
    const written = {
      id: `outputitem_${found.id.slice(8)}_${index}`,
      object: 'eval.run.output_item',
      created_at: found.createdAt,
      run_id: found.id,
      eval_id: found.evalId,
      status: hasPassed(judged) ? 'pass' : 'fail',
      datasource_item_id: index,
      datasource_item: judged.item,
      results: judged.verdicts.map(({ name, passed }) => ({
        name,
        passed,
        score: passed ? 1 : 0,
        sample: null,
      })),
      sample: {
        input: [],
        output: [{ role: 'assistant', content: judged.output }],
        finish_reason: 'stop',
        model: found.model,
        error: null,
      },
    };
    return written;
  });
}

function getOutputItem(request: OperationRequest): WireResponse {
  const id = request.params['item'] ?? '';
  const found = outputItems(request).find((item) => item.id === id);
  return json(found ?? outputItemsGone.find(request, id));
}

/** Always empty: it exists for the text of its 404. */
const outputItemsGone: Collection<Listed> = collection('Output item');
