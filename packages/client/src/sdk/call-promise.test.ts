import { APIPromise } from 'openai';
import { describe, expect, test } from 'vitest';
import { CallPromise, withRequestId } from './call-promise.ts';

const responseOf = (id = 'r1') => new Response(null, { headers: { 'x-request-id': id } });

function promiseOf(data: unknown = { a: 1 }) {
  let reads = 0;
  const sdk = { name: 'sdk' };
  const promise = new CallPromise(sdk, Promise.resolve({ response: responseOf() }), async (given, props) => {
    reads += 1;
    expect([given, props.response.headers.get('x-request-id')]).toEqual([sdk, 'r1']);
    if (data instanceof Error) throw data;
    return data;
  });
  return { promise, reads: () => reads };
}

describe('CallPromise', () => {
  test('is one of the SDK, and makes ordinary promises', async () => {
    const { promise } = promiseOf();
    expect(promise).toBeInstanceOf(APIPromise);
    const next = promise.then((value) => value);
    expect(next).not.toBeInstanceOf(CallPromise);
    expect(await next).toEqual({ a: 1 });
  });

  test('reads the answer once, when somebody wants it', async () => {
    const { promise, reads } = promiseOf();
    const response = await promise.asResponse();
    expect([response.headers.get('x-request-id'), reads()]).toEqual(['r1', 0]);
    expect(await promise).toEqual({ a: 1 });
    expect(await promise.withResponse()).toMatchObject({ data: { a: 1 }, request_id: 'r1', response });
    expect(reads()).toBe(1);
  });

  test('fails with the error of the reader, in every way', async () => {
    const error = new Error('no JSON');
    const { promise, reads } = promiseOf(error);
    await expect(promise).rejects.toBe(error);
    await expect(promise.withResponse()).rejects.toBe(error);
    expect(await promise.catch((thrown: unknown) => thrown)).toBe(error);
    let ended = 0;
    await expect(promise.finally(() => (ended += 1))).rejects.toBe(error);
    expect([ended, reads()]).toEqual([1, 1]);
  });

  test('what becomes of the answer has the id of its request too', async () => {
    const { promise } = promiseOf();
    const unwrapped = promise._thenUnwrap((data) => ({ wrapped: data }));
    expect(unwrapped).toBeInstanceOf(CallPromise);
    const value = await unwrapped;
    expect(value).toEqual({ wrapped: { a: 1 } });
    expect(Reflect.get(value, '_request_id')).toBe('r1');
    const same = await promise._thenUnwrap((data) => data);
    expect(Object.hasOwn(same as object, '_request_id'), 'the reader has added it').toBe(false);
  });
});

describe('withRequestId', () => {
  test('adds the id where nobody lists it', () => {
    const value = withRequestId({ a: 1 }, responseOf('r2'));
    expect(Reflect.get(value, '_request_id')).toBe('r2');
    expect(Object.keys(value)).toEqual(['a']);
    expect(Reflect.get(withRequestId({}, new Response()), '_request_id')).toBeNull();
  });

  test.each([['text'], [5], [null], [undefined], [[1, 2]]])('leaves %j as it is', (value) => {
    expect(withRequestId(value, responseOf())).toBe(value);
    if (Array.isArray(value)) expect(Object.hasOwn(value, '_request_id')).toBe(false);
  });
});
