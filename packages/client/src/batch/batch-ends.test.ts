import { expect, test, vi } from 'vitest';
import { batchEngine } from './batch.fake.ts';
import type { BatchEngine, BatchState } from './batch.fake.ts';

const bulk = { deployment: 'bulk' } as const;

/** An engine that has a batch of the run `nightly` for each of these states. */
function withBatches(...states: BatchState[][]): BatchEngine {
  const engine = batchEngine();
  for (const [at, each] of states.entries()) {
    const metadata = { 'aoai-run': 'nightly' };
    engine.batches.push({ id: `batch_${at}`, created_at: at, metadata, states: each });
  }
  return engine;
}

const asked = (engine: BatchEngine) => engine.asked.map(({ what }) => what);

test('cancel stops each batch that goes on, and no other', async () => {
  const statuses = ['in_progress', 'completed', 'validating', 'failed', 'expired', 'cancelled'] as const;
  const engine = withBatches(...statuses.map((status) => [{ status }]));
  await engine.runner.cancel('nightly', bulk);
  expect(asked(engine)).toEqual([
    'GET /batches',
    'POST /batches/batch_2/cancel',
    'POST /batches/batch_0/cancel',
  ]);
});

test('cancel leaves a batch that has ended in the meantime as it is, and stops the others', async () => {
  const going = { status: 'in_progress' } as const;
  const engine = withBatches([going], [going, { status: 'completed' }]);
  engine.refusals['POST /batches/batch_1/cancel'] = [[409, 'It has ended.']];
  await engine.runner.cancel('nightly', bulk);
  expect(asked(engine)).toEqual([
    'GET /batches',
    'POST /batches/batch_1/cancel',
    'GET /batches/batch_1',
    'POST /batches/batch_0/cancel',
  ]);
});

test('cancel tells why a batch that goes on was not stopped', async () => {
  const engine = withBatches([{ status: 'in_progress' }]);
  engine.refusals['POST /batches/batch_0/cancel'] = [[403, 'Not yours.']];
  await expect(engine.runner.cancel('nightly', bulk)).rejects.toMatchObject({ status: 403 });
  expect(asked(engine).at(-1)).toBe('GET /batches/batch_0');
});

test('remove deletes the files that each batch of the run has, and asks for no other', async () => {
  const files = { input_file_id: 'file_1', output_file_id: 'file_2', error_file_id: 'file_3' };
  const engine = withBatches([files], [{ input_file_id: 'file_4', output_file_id: '' }]);
  engine.refusals['DELETE /files/file_4'] = [[404, 'It is gone.']];
  await engine.runner.remove('nightly', bulk);
  expect(asked(engine)).toEqual([
    'GET /batches',
    'DELETE /files/file_4',
    ...[1, 2, 3].map((number) => `DELETE /files/file_${number}`),
  ]);
});

test.each([403, 409, 500])('remove tells of a file that is not deleted: %i', async (status) => {
  const engine = withBatches([{ input_file_id: 'file_1', output_file_id: 'file_2' }]);
  engine.refusals['DELETE /files/file_1'] = [[status, 'No.']];
  await expect(engine.runner.remove('nightly', bulk)).rejects.toMatchObject({ status });
  expect(asked(engine)).toEqual(['GET /batches', 'DELETE /files/file_1']);
});

test.each([
  ['cancel', 'GET /batches'],
  ['cancel', 'POST /batches/batch_0/cancel'],
  ['cancel', 'GET /batches/batch_0'],
  ['remove', 'GET /batches'],
  ['remove', 'DELETE /files/file_1'],
] as const)('the signal of %s ends what it asks at that time: %s', async (what, held) => {
  const engine = withBatches([{ status: 'in_progress', input_file_id: 'file_1' }]);
  engine.held = held;
  engine.refusals['POST /batches/batch_0/cancel'] = [[409, 'It ends.']];
  const stop = new AbortController();
  const asking = engine.runner[what]('nightly', { ...bulk, signal: stop.signal });
  await vi.waitUntil(() => asked(engine).includes(held));
  stop.abort();
  await expect(asking).rejects.toThrow(/abort/);
});

test('an operation that no batch has is refused before anything is sent, with those that it has', async () => {
  const engine = withBatches();
  const running = engine.runner.run([{}], { ...bulk, endpoint: '/images/generations' as '/embeddings' });
  await expect(running).rejects.toThrow(
    'Cannot run a batch: `endpoint` is "/images/generations". Use one of /chat/completions, /responses, /embeddings.',
  );
  expect(asked(engine)).toEqual([]);
});

test('a deployment that the policy forbids is refused before anything is sent', async () => {
  const engine = withBatches();
  await expect(engine.runner.run([{}], { deployment: 'abroad' })).rejects.toMatchObject({
    ...{ code: 'RESIDENCY_FORBIDDEN', target: 'abroad', policy: 'processing' },
    message: expect.stringContaining('It is abroad.') as string,
  });
  expect(asked(engine)).toEqual([]);
});

test('a name that is no deployment is refused with those that are', async () => {
  const { runner, asked: none } = withBatches();
  const at = { deployment: 'narnia' as 'bulk' };
  const calls = [
    () => runner.run([{}], at),
    () => runner.cancel('nightly', at),
    () => runner.remove('nightly', at),
  ];
  for (const call of calls) {
    await expect(call()).rejects.toThrow(
      'Cannot run a batch: `deployment` is "narnia". Name a deployment of the config: "bulk", "abroad".',
    );
  }
  expect(none).toEqual([]);
});
