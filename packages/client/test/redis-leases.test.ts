import { describe, expect, test } from 'vitest';
import { reserveScript } from '../src/redis/lua-reserve.ts';
import { settleScript } from '../src/redis/lua-settle.ts';
import { readAnswer, writeQuestion } from '../src/redis/protocol.ts';
import type { Answer, Question } from '../src/redis/protocol.ts';
import { evaluate, scriptOf } from '../src/redis/run-script.ts';
import { useRedis } from './redis-fixture.ts';
import { hasRedis } from './redis-server.ts';

// The scripts are asked directly: what they lease, and what they make of a report.
const keys = ['state', 'tokens', 'requests', 'replicas'].map((part) => `aoai:{contoso/chat}:${part}`);
const [state = '', tokens = '', requests = '', replicas = ''] = keys;

const renewal: Question<'reserve'> = {
  attempts: '',
  tokenLimit: 1_000,
  requestLimit: undefined,
  provisioned: false,
  capacity: undefined,
  replica: 'me',
  probeMs: 60_000,
  id: 'first',
  report: '',
  waitedUntilMs: undefined,
  tokenRate: 10,
  callRate: 1,
  counted: '',
  isLeaving: false,
};

const ended: Question<'settle'> = {
  reservedAtMs: 0,
  reservedTokens: 0,
  reservedWeighed: 0,
  usedWeighed: 0,
  countsTokens: true,
  countsCall: true,
  provisioned: true,
  capacity: 1_000,
  pouredBefore: '0',
  probe: false,
  id: '',
  okBefore: 0,
  result: 'ok',
  parkMs: undefined,
  saidTokenLimit: undefined,
  saidRequestLimit: undefined,
  utilisation: undefined,
  limitHit: undefined,
  failures: 5,
  window: 10,
  openMs: 60,
  maxOpenMs: 1_000,
  tokenLimit: undefined,
  requestLimit: undefined,
};

describe.skipIf(!hasRedis)('the scripts', () => {
  const redis = useRedis();

  async function write(key: string, fields: Record<string, string | number>): Promise<void> {
    await (await redis.connect()).hSet(key, fields);
  }

  async function read(key: string): Promise<Record<string, string>> {
    return { ...(await (await redis.connect()).hGetAll(key)) };
  }

  async function ask(changes: Partial<Question<'reserve'>> = {}): Promise<Answer<'reserve'>> {
    const given = { keys, arguments: writeQuestion('reserve', { ...renewal, ...changes }) };
    return readAnswer('reserve', await evaluate(await redis.connect(), scriptOf(reserveScript), given));
  }

  async function settle(changes: Partial<Question<'settle'>>): Promise<Answer<'settle'>> {
    const given = { keys, arguments: writeQuestion('settle', { ...ended, ...changes }) };
    return readAnswer('settle', await evaluate(await redis.connect(), scriptOf(settleScript), given));
  }

  const leaseOf = ({ leaseTokens, leaseCalls, leaseMs }: Answer<'reserve'>) =>
    [leaseTokens, leaseCalls, leaseMs].map(Number);
  const second = () => Math.floor(Date.now() / 1_000);
  const use = (amount: number) => write(tokens, { [second()]: amount });

  test('a lease is half as much again as the rate needs for half a minute', async () => {
    const before = Date.now();
    expect(leaseOf(await ask())).toEqual([450, 45, 30_000]);
    const [heard = 0, ...rest] = ((await read(replicas))['me'] ?? '').split(':').map(Number);
    expect(rest).toEqual([450, 45, heard + 30_000]);
    expect(heard).toBeGreaterThanOrEqual(before);
  });

  test('it is at most half of an equal part of what is free', async () => {
    expect(leaseOf(await ask({ tokenRate: 100 }))).toEqual([500, 45, 30_000]);
    expect(leaseOf(await ask({ replica: 'other', tokenRate: 100 }))[0], 'of what the first left').toBe(125);
  });

  test('so it is of calls', async () => {
    const answer = await ask({ tokenRate: 0.1, requestLimit: 100, callRate: 9 });
    expect(leaseOf(answer)).toEqual([4, 50, 30_000]);
  });

  test.each([
    [300, [350, 30_000]],
    [400, [300, 30_000]],
    [550, [225, 15_499]],
    [700, [15, 1_000]],
    [701, [0, 0]],
  ])('of 1,000 tokens, of which %d are used: %j', async (used, expected) => {
    await use(used);
    const [leased, , ms] = leaseOf(await ask({ tokenRate: used === 700 ? 10 : 100 }));
    expect([leased, ms]).toEqual(expected);
  });

  test('a limit of calls counts as well', async () => {
    await write(requests, { [Math.floor(Date.now() / 250)]: 71 });
    expect(leaseOf(await ask({ requestLimit: 100 }))).toEqual([0, 0, 0]);
  });

  test('while no limit is known it lasts two seconds', async () => {
    expect(leaseOf(await ask({ tokenLimit: undefined }))).toEqual([30, 3, 2_000]);
    expect(leaseOf(await ask({ tokenLimit: undefined, requestLimit: 1_000 }))[2]).toBe(30_000);
  });

  test.each<[string, Partial<Question<'reserve'>>, Record<string, string | number>]>([
    ['the replica has no rate', { tokenRate: 0 }, {}],
    ['it makes no calls', { callRate: 0 }, {}],
    ['throughput is provisioned', { provisioned: true }, {}],
    ['the circuit counts failures', {}, { cr: '01' }],
    ['the circuit is open', {}, { cs: 'open', cu: 0, co: 1 }],
    ['the target is parked', {}, { park: Date.now() + 3_600_000 }],
    ['only a part was granted', { attempts: '100:0,2000:0' }, {}],
  ])('there is none when %s', async (_, question, books) => {
    if (Object.keys(books).length > 0) await write(state, books);
    expect(leaseOf(await ask(question))).toEqual([0, 0, 0]);
  });

  test('a question ends the lease of its replica, and what it has used counts from when it was used', async () => {
    await ask();
    const now = second();
    expect(leaseOf(await ask({ report: '0:60:2,20000:40:1', tokenRate: 0 }))).toEqual([0, 0, 0]);
    const fields = Object.entries(await read(tokens)).map(([field, amount]) => [
      now - Number(field),
      Number(amount),
    ]);
    const ages = fields.toSorted(([a = 0], [b = 0]) => a - b);
    expect(ages.map(([, amount]) => amount)).toEqual([60, 40]);
    expect((ages[1]?.[0] ?? 0) - (ages[0]?.[0] ?? 0)).toBe(20);
    // Twenty seconds ago is no longer in the window of calls.
    expect(Object.values(await read(requests))).toEqual(['2']);
    expect((await read(replicas))['me']).toMatch(/^\d+:0:0:0$/);
    expect((await read(state))['tp']).toBe('100');
  });

  test('what is given back is taken off only where it still is', async () => {
    await ask({ report: '0:60:1' });
    const { tokensLeaving, free } = await ask({ report: '5000:-60:-1', tokenRate: 0 });
    expect([tokensLeaving.split(',').reduce((sum, each) => sum + Number(each), 0), Number(free)]).toEqual([
      60, 0.94,
    ]);
    await (await redis.connect()).del([tokens, requests]);
    await ask({ report: '0:-60:-1', tokenRate: 0 });
    expect([await read(tokens), await read(requests)]).toEqual([{}, {}]);
    expect((await read(state))['tp'], 'it was recorded once').toBe('60');
  });

  test('attempts are granted in order until one does not fit', async () => {
    const answer = await ask({ attempts: '600:0,300:0,101:0,50:0' });
    expect(answer).toMatchObject({ outcome: 'yes', granted: '2', booked: '900', upTo: '900', replicas: '1' });
    const refused = await ask({ attempts: '101:0,50:0' });
    expect(refused).toMatchObject({ outcome: 'no', granted: '0', reason: 'tokens', booked: '900' });
  });

  test('what was recorded before the clock was set back counts with what was recorded since', async () => {
    await write(tokens, { [second() + 3_600]: 300, [second()]: 100 });
    expect((await ask({ tokenRate: 0 })).booked).toBe('400');
    expect((await ask({ tokenRate: 0 })).booked).toBe('400');
  });

  test('what was recorded last may leave first', async () => {
    await write(tokens, { [second() - 10]: 500 });
    await write(tokens, { [second() - 50]: 500 });
    const { waitMs } = await ask({ attempts: '300:0' });
    expect(Number(waitMs)).toBeGreaterThan(9_000);
    expect(Number(waitMs)).toBeLessThanOrEqual(11_000);
  });

  test('how long a circuit is open is kept, so that a clock that is set back makes it no longer', async () => {
    await settle({ provisioned: false, result: 'failed', failures: 1, window: 1, openMs: 60 });
    expect(await read(state)).toMatchObject({ cs: 'open', cd: '60', co: '1' });
  });

  test('of several attempts one is the probe, and the others are told how long it may take', async () => {
    await write(state, { cs: 'open', cu: Date.now() - 1, co: 1 });
    const answer = await ask({ attempts: '1:0,1:0', probeMs: 5_000 });
    expect(answer).toMatchObject({ outcome: 'yes', granted: '1', probe: '1', circuit: 'half-open' });
    const beside = await ask({ attempts: '1:0,1:0', probeMs: 5_000 });
    expect(beside).toMatchObject({ outcome: 'no', granted: '0', reason: 'circuit-open', openMs: '0' });
    expect(Number(beside.waitMs)).toBeGreaterThan(4_000);
    expect(Number(beside.waitMs)).toBeLessThanOrEqual(5_000);
  });

  test('what is used leaves by twelfths of the window', async () => {
    const now = second();
    await write(tokens, { [now - 58]: 5, [now - 33]: 7, [now]: 11 });
    const leaving = (await ask({ tokenRate: 0 })).tokensLeaving.split(',').map(Number);
    expect(leaving).toHaveLength(13);
    expect([leaving[0], leaving[5], (leaving[11] ?? 0) + (leaving[12] ?? 0)]).toEqual([5, 7, 11]);
  });

  test('books have the name of the question that began them, and keep it', async () => {
    expect([(await ask()).epoch, (await ask({ id: 'second' })).epoch]).toEqual(['first', 'first']);
    await (await redis.connect()).del([state]);
    expect((await ask({ id: 'third' })).epoch).toBe('third');
  });

  test('the gauge of an answer has drained since its attempt was sent', async () => {
    const answer = await settle({ utilisation: 0.9, reservedAtMs: Date.now() - 30_000 });
    expect(Number(answer.free)).toBeCloseTo(0.6, 2);
  });

  test('throughput of an unknown size has no estimate: only the gauge of an answer fills it', async () => {
    const unknown = { provisioned: true, capacity: undefined };
    const answer = await ask({ ...unknown, attempts: '100:5000,100:5000' });
    expect(answer).toMatchObject({ granted: '2', free: '1', poured: '10000' });
    expect(await settle({ ...unknown, usedWeighed: 9_000 })).toMatchObject({ free: '1' });
    const said = { utilisation: 0.9, reservedAtMs: Date.now(), pouredBefore: '5000' };
    expect(Number((await settle({ ...unknown, ...said })).free)).toBeCloseTo(0.1, 2);
  });

  test('what has left its window is not given back: that would be credit, and stay for ever', async () => {
    const { serverMs } = await ask({ attempts: '100:0', tokenRate: 0 });
    await (await redis.connect()).del([tokens, requests]);
    const back = { provisioned: false, reservedTokens: 100, reservedAtMs: serverMs };
    await settle({ ...back, countsTokens: false, countsCall: false, result: 'cancelled' });
    expect([await read(tokens), await read(requests)]).toEqual([{}, {}]);
  });

  test('what another replica has used since is not given back with it', async () => {
    const { serverMs } = await ask({ attempts: '100:0', tokenRate: 0 });
    await write(tokens, { [Math.floor(Number(serverMs) / 1_000) - 1]: 30 });
    const back = { provisioned: false, tokenLimit: 1_000, reservedTokens: 100, reservedAtMs: serverMs };
    const answer = await settle({ ...back, countsTokens: false, countsCall: true, result: 'throttled' });
    expect(Number(answer.free)).toBe(0.97);
    expect(Object.values(await read(requests))).toEqual(['1']);
  });

  test('calls are guessed once: a second refusal lowers no limit, nor is one of the config guessed', async () => {
    const refusal = { provisioned: false, result: 'throttled', limitHit: 'requests' };
    await settle({ ...refusal, requestLimit: 10 });
    expect(await read(state)).not.toHaveProperty('lr');
    await write(state, { lr: 7 });
    await settle(refusal);
    expect(await read(state)).toMatchObject({ lr: '7' });
  });

  test('a guess of a clock that was set back is forgotten too', async () => {
    await write(state, { lt: 50, lr: 5, lg: Date.now() + 3_600_000 });
    const answer = await ask({ tokenLimit: undefined });
    expect([answer.tokenLimit, answer.requestLimit]).toEqual(['', '']);
  });

  test('of the totals before pauses the last 25 are kept', async () => {
    const totals = Array.from({ length: 25 }, (_, place) => place + 1);
    await write(state, { gl: `,${totals.slice(0, 23).join(',')}`, tp: 24, ga: 0 });
    await ask({ attempts: '1:0' });
    expect((await read(state))['gl']).toBe(`,${totals.slice(0, 24).join(',')}`);
    await write(state, { ga: 0 });
    await ask({ attempts: '1:0' });
    expect((await read(state))['gl'], 'without the oldest').toBe(`,${totals.slice(1).join(',')}`);
  });

  test('attempts without a pause between them are one total', async () => {
    await write(state, { tp: 24, ga: Date.now() + 60_000 });
    await ask({ attempts: '5:0' });
    expect(await read(state)).toMatchObject({ tp: '29' });
    expect(await read(state)).not.toHaveProperty('gl');
  });

  test('what never arrived was no call', async () => {
    const { serverMs } = await ask({ attempts: '100:0', tokenRate: 0 });
    const back = { provisioned: false, reservedTokens: 100, reservedAtMs: serverMs };
    await settle({ ...back, countsTokens: false, countsCall: false, result: 'cancelled' });
    expect([Object.values(await read(tokens)), Object.values(await read(requests))]).toEqual([['0'], ['0']]);
  });
});
