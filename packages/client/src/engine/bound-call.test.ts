import { describe, expect, test } from 'vitest';
import { holders } from '../state/holders.ts';
import type { Route } from '../route/route.ts';
import type { AttemptResult } from './attempt-result.ts';
import { askForHolder, holderOf, mayBeElsewhere, rememberHolder, withNotHere } from './bound-call.ts';
import type { Call } from './call.ts';
import type { Engine } from './engine.ts';

interface Member {
  readonly resource: string;
  readonly forbidden?: object;
}

function routeOf(...tiers: readonly (readonly Member[])[]): Route {
  return {
    tiers: tiers.map((tier) =>
      tier.map(({ resource, forbidden }) => ({ target: { deployment: { resource }, forbidden } })),
    ),
  } as unknown as Route;
}

const north = { resource: 'north' };
const south = { resource: 'south' };
const route = routeOf([north, south]);

/** An engine that knows where these things are; `shared`: what the other replicas know. */
function knowing(known: Readonly<Record<string, string>>, shared?: Readonly<Record<string, string>>): Engine {
  const own = holders(
    shared === undefined
      ? {}
      : {
          shared: {
            find: async (reference) => Promise.resolve(shared[reference]),
            remember: async () => Promise.resolve(),
          },
        },
  );
  for (const [reference, resource] of Object.entries(known)) own.remember([reference], resource);
  const resources = new Map([
    ['north', {}],
    ['south', {}],
    ['far', {}],
  ]);
  return { holders: own, resources } as unknown as Engine;
}

function callTo(things: readonly string[], items: readonly string[] = [], more: Partial<Call> = {}): Call {
  return { route, refersTo: { things, items }, elsewhere: [], ...more } as unknown as Call;
}

describe('the holder of what a call refers to', () => {
  const known = { resp_1: 'south', rs_1: 'north', rs_far: 'far', file_far: 'far' };

  test.each([
    ['nothing', [], [], undefined],
    ['a thing', ['resp_1'], [], 'south'],
    ['a thing that nobody knows', ['resp_2'], [], undefined],
    ['a thing of a resource off the route: there it is all the same', ['file_far'], [], 'far'],
    ['an item', [], ['rs_1'], 'north'],
    ['an item of a resource off the route: the service may take it elsewhere', [], ['rs_far'], undefined],
    ['a thing before an item', ['resp_1'], ['rs_1'], 'south'],
    ['an item where the thing is not known', ['resp_2'], ['rs_1'], 'north'],
  ])('%s', async (_, things, items, holder) => {
    expect(holderOf(knowing(known), route, { things, items })).toBe(holder);
    expect(await askForHolder(knowing({}, known), callTo(things, items))).toBe(holder);
  });

  test('is not asked for where there is no shared store', async () => {
    expect(await askForHolder(knowing(known), callTo(['resp_1']))).toBeUndefined();
  });

  test('is no resource that only another version of the config has', async () => {
    const shared = { resp_1: 'elsewhere', rs_1: 'north' };
    expect(await askForHolder(knowing({}, shared), callTo(['resp_1']))).toBeUndefined();
    expect(await askForHolder(knowing({}, shared), callTo(['resp_1'], ['rs_1']))).toBe('north');
  });

  test('may stand anywhere on the route', () => {
    const items = { things: [], items: ['rs_1'] };
    expect(holderOf(knowing(known), routeOf([south], [south, north]), items)).toBe('north');
    expect(holderOf(knowing(known), routeOf([south], [south]), items)).toBeUndefined();
  });
});

describe('a refusal where the holder is not known', () => {
  const body = Buffer.from('{"error":{"message":"resp_1 was not found."}}');
  const refusal = (more: object = {}): AttemptResult =>
    ({
      kind: 'failed',
      status: 400,
      classified: { outcome: 'fatal' },
      answer: { status: 400, body },
      ...more,
    }) as unknown as AttemptResult;
  const outcomeOf = (call: Call, result: AttemptResult) => {
    const read = withNotHere(call, result);
    return read.kind === 'failed' ? read.classified.outcome : read.kind;
  };

  test.each([
    ['a fatal one', refusal(), 'not-here'],
    ['one of this resource alone', refusal({ classified: { outcome: 'refused' } }), 'not-here'],
    ['an outage', refusal({ classified: { outcome: 'unavailable' } }), 'unavailable'],
    ['a connection that failed', refusal({ answer: undefined }), 'fatal'],
    ['an answer', { kind: 'whole' } as AttemptResult, 'whole'],
  ])('%s that speaks of the thing is read as %s', (_, result, outcome) => {
    expect(outcomeOf(callTo(['resp_1']), result)).toBe(outcome);
    expect(outcomeOf(callTo([], ['resp_1']), result)).toBe(outcome);
  });

  test('means what it says where the holder is known, or where nothing is referred to', () => {
    expect(outcomeOf(callTo(['resp_1'], [], { boundTo: 'north' }), refusal())).toBe('fatal');
    expect(outcomeOf(callTo([]), refusal())).toBe('fatal');
    expect(outcomeOf(callTo(['resp_2']), refusal())).toBe('fatal');
  });
});

test('it may be elsewhere while a resource that may be called has not been asked', () => {
  const call = (tiers: Route, elsewhere: string[]) => callTo(['resp_1'], [], { route: tiers, elsewhere });
  expect(mayBeElsewhere(call(route, ['north']))).toBe(true);
  expect(mayBeElsewhere(call(route, ['north', 'south']))).toBe(false);
  expect(mayBeElsewhere(call(routeOf([north], [south]), ['north']))).toBe(true);
  expect(mayBeElsewhere(call(routeOf([north, { ...south, forbidden: {} }]), ['north']))).toBe(false);
});

test('who answers holds the things, and of the items those that only it can read', () => {
  const engine = knowing({});
  const encrypted = 'encrypted:abc';
  rememberHolder(engine, callTo(['resp_1'], ['rs_1', encrypted]), 'north');
  expect(engine.holders.of(['resp_1'])).toBe('north');
  expect(engine.holders.of(['rs_1'])).toBeUndefined();
  rememberHolder(engine, callTo(['resp_2'], [], { boundTo: 'south' }), 'north');
  expect(engine.holders.of(['resp_2'])).toBeUndefined();
});
