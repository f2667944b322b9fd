import { describe, expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { addFile } from '../files/file-store.ts';
import { asking, refusalOf, saidBy } from '../responses/asking.fake.ts';
import type { WireResponse } from '../service/wire-response.ts';
import { fineTuningOperations } from './operations.ts';

type Json = Readonly<Record<string, unknown>>;

const examples = Array.from({ length: 10 }, () => '{"messages":[]}');

/** A resource with files, and the operations of its jobs by their verbs. */
function aFineTuner(surface: 'v1' | 'dated' = 'v1') {
  const clock = manualClock();
  const request = asking({}, { clock, surface, dateMs: clock.now() });
  const upload = (lines: readonly string[], purpose = 'fine-tune') =>
    addFile(request, { filename: 'f.jsonl', purpose, content: Buffer.from(lines.join('\n')) }).id;
  const run = (verb: string, { job = '', body = {} }: { job?: string; body?: Json } = {}): Json => {
    const operation = fineTuningOperations.find(({ name }) => name === `FineTuning_${verb}`);
    if (operation === undefined || !('handle' in operation)) throw new Error(`no operation ${verb}`);
    const asked = { ...request, body, params: { job }, query: new URLSearchParams('order=asc') };
    return saidBy(operation.handle(asked as never) as WireResponse);
  };
  const create = (body: Json = {}) =>
    run('Create', { body: { model: 'gpt-4.1-mini', training_file: upload(examples), ...body } });
  return { clock, upload, run, create };
}

const secondsAfter = (clock: { now(): number }, ms: number) => Math.floor((clock.now() + ms) / 1000);

describe('a job', () => {
  test('is made as it was asked for, with the defaults of the service', () => {
    const { clock, create } = aFineTuner();
    expect(create()).toEqual({
      id: expect.stringMatching(/^ftjob-[0-9a-f]{32}$/) as string,
      object: 'fine_tuning.job',
      model: 'gpt-4.1-mini',
      created_at: secondsAfter(clock, 0),
      estimated_finish: secondsAfter(clock, 62_000),
      finished_at: null,
      fine_tuned_model: null,
      organization_id: '',
      result_files: [],
      status: 'queued',
      validation_file: null,
      training_file: expect.stringMatching(/^file-[0-9a-f]{32}$/) as string,
      hyperparameters: { n_epochs: 3, batch_size: 1, learning_rate_multiplier: 1 },
      method: {
        type: 'supervised',
        supervised: { hyperparameters: { n_epochs: 3, batch_size: 1, learning_rate_multiplier: 1 } },
      },
      trained_tokens: null,
      error: null,
      integrations: [],
      seed: expect.any(Number) as number,
      suffix: null,
      user_provided_suffix: null,
      metadata: {},
    });
  });

  test('has what was said about it', () => {
    const { upload, create } = aFineTuner();
    const validation_file = upload(examples);
    const asked = { suffix: 'mine', seed: 7, validation_file, metadata: { a: 'b' } };
    expect(create({ ...asked, hyperparameters: { n_epochs: 2 } })).toMatchObject({
      ...asked,
      user_provided_suffix: 'mine',
      hyperparameters: { n_epochs: 2, batch_size: 1, learning_rate_multiplier: 1 },
    });
    const method = { type: 'dpo', dpo: {} };
    expect(create({ method })).toMatchObject({ method, hyperparameters: {} });
  });

  test.each([
    ['v1', 'queued'],
    ['dated', 'pending'],
  ] as const)(
    'of %s is %s for two seconds, runs for a minute, and names its model',
    async (surface, waiting) => {
      const { clock, run, create } = aFineTuner(surface);
      const { id } = create({ suffix: 'mine' });
      const seen: unknown[] = [];
      for (const ms of [0, 1_999, 1, 59_999, 1]) {
        await clock.advance(ms);
        seen.push(run('Get', { job: String(id) })['status']);
      }
      expect(seen).toEqual([waiting, waiting, 'running', 'running', 'succeeded']);
      expect(run('Get', { job: String(id) })).toMatchObject({
        fine_tuned_model: `gpt-4.1-mini.ft-${String(id).slice(6)}-mine`,
        finished_at: secondsAfter(clock, 0),
        // Four characters each, three times over.
        trained_tokens: Math.ceil(examples.join('\n').length / 4) * 3,
      });
      expect(create()['id']).not.toBe(id);
    },
  );

  test('that is cancelled ends then', async () => {
    const { clock, run, create } = aFineTuner();
    const job = String(create()['id']);
    await clock.advance(10_000);
    run('cancel', { job });
    const cancelledAt = secondsAfter(clock, 0);
    await clock.advance(100_000);
    expect(run('Get', { job })).toMatchObject({
      status: 'cancelled',
      finished_at: cancelledAt,
      fine_tuned_model: null,
      trained_tokens: null,
    });
  });

  test('that is paused ends later by as long as it rested', async () => {
    const { clock, run, create } = aFineTuner();
    const made = create();
    const job = String(made['id']);
    for (const restMs of [30_000, 70_000]) {
      await clock.advance(10_000);
      expect(run('pause', { job })['status']).toBe('paused');
      await clock.advance(restMs);
      expect(run('Resume', { job })['status']).toBe('running');
    }
    expect(run('Get', { job })['estimated_finish']).toBe(Number(made['estimated_finish']) + 100);
    await clock.advance(41_999);
    expect(run('Get', { job })['status']).toBe('running');
    await clock.advance(1);
    expect(run('Get', { job })['status']).toBe('succeeded');
  });

  test.each([
    ['cancelled', 'cancel'],
    ['paused', 'pause'],
  ])('that is %s is neither cancelled nor paused', (status, before) => {
    const { run, create } = aFineTuner();
    const job = String(create()['id']);
    run(before, { job });
    for (const verb of ['cancel', 'pause'])
      expect(refusalOf(() => run(verb, { job }))?.[0]).toBe(
        `Cannot ${verb} a fine-tuning job with status '${status}'.`,
      );
  });

  test('that was not paused is not resumed', () => {
    const { run, create } = aFineTuner();
    expect(refusalOf(() => run('Resume', { job: String(create()['id']) }))?.[0]).toBe(
      "Cannot resume a fine-tuning job with status 'pending'.",
    );
  });
});

describe('the events of a job', () => {
  const told = (run: ReturnType<typeof aFineTuner>['run'], job: string) =>
    (run('ListEvents', { job })['data'] as Json[]).map(({ message }) => message);

  test('come when they happen', async () => {
    const { clock, run, create } = aFineTuner();
    const made = create();
    const job = String(made['id']);
    const created = `Created fine-tuning job: ${job}`;
    const completed = `Completed results file, new fine-tuned model created: gpt-4.1-mini.ft-${job.slice(6)}`;
    const seen: unknown[] = [];
    for (const ms of [1_999, 1, 59_999, 1]) {
      await clock.advance(ms);
      seen.push(told(run, job));
    }
    const begun = [created, 'Job started.'];
    expect(seen).toEqual([[created], begun, begun, [...begun, completed]]);
    const begunAt = Number(made['created_at']);
    expect(run('ListEvents', { job })['data']).toEqual(
      [created, 'Job started.', completed].map((message, index) => ({
        id: `ftevent-${job.slice(6)}-${index}`,
        object: 'fine_tuning.job.event',
        created_at: begunAt + ([0, 2, 62][index] ?? 0),
        level: 'info',
        message,
        type: 'message',
        data: null,
      })),
    );
  });

  test.each(['cancel', 'pause'])('end with a %s', async (verb) => {
    const { clock, run, create } = aFineTuner();
    const job = String(create()['id']);
    await clock.advance(1_000);
    run(verb, { job });
    await clock.advance(100_000);
    expect(told(run, job)).toEqual([`Created fine-tuning job: ${job}`]);
  });

  test('are followed by three checkpoints, when it has succeeded', async () => {
    const { clock, run, create } = aFineTuner();
    const job = String(create()['id']);
    await clock.advance(61_999);
    expect(run('ListCheckpoints', { job })['data']).toEqual([]);
    await clock.advance(1);
    expect(run('ListCheckpoints', { job })['data']).toEqual(
      [1, 2, 3].map((epoch) => ({
        id: `ftchkpt-${job.slice(6)}-${epoch}`,
        object: 'fine_tuning.job.checkpoint',
        created_at: secondsAfter(clock, 0),
        fine_tuned_model_checkpoint: `gpt-4.1-mini.ft-${job.slice(6)}:ckpt-step-${epoch}00`,
        fine_tuning_job_id: job,
        step_number: epoch * 100,
        metrics: {
          step: epoch * 100,
          train_loss: [0.5, 1 / 3, 0.25][epoch - 1],
          train_mean_token_accuracy: [0.8, 0.9, 1 - 0.2 / 3][epoch - 1],
        },
      })),
    );
  });
});

describe('a request is refused', () => {
  test.each(['model', 'training_file'])('without its %s', (name) => {
    expect(refusalOf(() => aFineTuner().create({ [name]: undefined }))).toEqual([
      `Missing required parameter: '${name}'.`,
      name,
    ]);
  });

  test.each<[Json, string]>([
    [{ model: 7 }, "Invalid type for 'model'"],
    [{ validation_file: 7 }, "Invalid type for 'validation_file'"],
    [{ suffix: 'x'.repeat(65) }, 'Expected a string with maximum length 64'],
    [{ model: 'x'.repeat(257) }, 'Expected a string with maximum length 256'],
    [{ training_file: 'file-x' }, 'File with id file-x not found.'],
    [{ validation_file: 'file-x' }, 'File with id file-x not found.'],
  ])('with %j', (body, words) => {
    expect(refusalOf(() => aFineTuner().create(body))?.[0]).toContain(words);
  });

  test.each<[string, readonly string[], string]>([
    ['few examples', examples.slice(1), 'The training file has 9 examples, but 10 at least are needed.'],
    ['a list', ['[]', ...examples], 'Line 1 of the training file is not a JSON object.'],
    ['null', [...examples, 'null'], 'Line 11 of the training file is not a JSON object.'],
    ['a number', [...examples, '7'], 'Line 11 of the training file is not a JSON object.'],
    ['no JSON', [...examples, 'nope'], 'Line 11 of the training file is not a JSON object.'],
  ])('whose file has %s', (_, lines, words) => {
    const { upload, create } = aFineTuner();
    expect(refusalOf(() => create({ training_file: upload(lines) }))?.[0]).toBe(words);
  });

  test('whose file has another purpose', () => {
    const { upload, create } = aFineTuner();
    const training_file = upload(examples, 'assistants');
    expect(refusalOf(() => create({ training_file }))?.[0]).toBe(
      `The file ${training_file} has the purpose assistants; training takes files with the purpose fine-tune.`,
    );
  });

  test('but not for empty lines', () => {
    const { upload, create } = aFineTuner();
    const training_file = upload(['', ...examples, ' ', '']);
    expect(create({ training_file, suffix: 'x'.repeat(64), validation_file: null })['status']).toBe('queued');
  });
});
