import { describeToken } from '@aoai/auth';
import { describe, expect, test } from 'vitest';
import { call, type CallOptions } from './call.ts';
import { calling, caseOf, scripted, signedWith, type ScriptedAnswer } from './scripted.fake.ts';

const key = 'key-of-a-script-0123456789';
const refusal = (message: string, code = '500') => JSON.stringify({ error: { code, message } });

/** What comes of one answer. */
async function outcomeOf(
  answer: ScriptedAnswer,
  parts: ReturnType<typeof caseOf> = caseOf(),
  changes: Partial<CallOptions> = {},
) {
  const { probe, options } = calling(scripted(answer), parts);
  return call(probe, { ...options, ...changes });
}

const resultsOf = async (...args: Parameters<typeof outcomeOf>) => (await outcomeOf(...args)).results;

describe('what is sent', () => {
  test('is a POST of the probe with the headers of the credential', async () => {
    const service = scripted({});
    const { probe, options } = calling(service);
    await call(probe, options);
    expect(service.sent.map(({ url, method, headers, body }) => ({ url, method, headers, body }))).toEqual([
      {
        url: 'https://contoso-se.openai.azure.com/openai/v1/chat/completions',
        method: 'POST',
        headers: { 'content-type': 'application/json', 'api-key': key },
        body: JSON.stringify(probe.body),
      },
    ]);
    expect(service.state.dropped).toBe(1);
  });

  test('a key is in the header that the gateway wants, a token where it always is', async () => {
    const sentWith = async (headers: Record<string, string>) => {
      const service = scripted({});
      const { probe, options } = calling(service, caseOf({ keyHeader: 'ocp-apim-subscription-key' }));
      await call(probe, { ...options, credential: signedWith(headers) });
      const { 'content-type': _, ...others } = service.sent[0]?.headers ?? {};
      return others;
    };
    expect(await sentWith({ 'api-key': key })).toEqual({ 'ocp-apim-subscription-key': key });
    expect(await sentWith({ authorization: 'Bearer a.b.c' })).toEqual({ authorization: 'Bearer a.b.c' });
  });

  test('the credential is asked for the scope of the resource, with a signal', async () => {
    const asked: unknown[] = [];
    const scopesOf = async (parts: ReturnType<typeof caseOf>) => {
      await outcomeOf({}, parts, {
        credential: {
          ...signedWith({}),
          headers: ({ scope, signal }) => {
            asked.push([scope, signal instanceof AbortSignal]);
            return { authorization: 'Bearer a.b.c' };
          },
        },
      });
    };
    await scopesOf(caseOf());
    await scopesOf(caseOf({ endpoint: 'https://contoso.openai.azure.us', cloud: 'us-gov' }));
    expect(asked).toEqual([
      ['https://ai.azure.com/.default', true],
      ['https://cognitiveservices.azure.us/.default', true],
    ]);
  });
});

describe('an answer', () => {
  test.each([200, 201, 299])('with %i is one, and how long it took is known', async (status) => {
    const outcome = await outcomeOf({ status, tookMs: 250 });
    expect(outcome).toEqual({
      isRefused: false,
      answeredInMs: 250,
      results: [
        { check: 'call', status: 'ok', cause: 'The deployment answers.' },
        { check: 'model', status: 'ok', cause: 'gpt-5.4-2026-03-05 answers.' },
      ],
    });
  });

  test.each([300, 400, 429, 500])('with %i is none, and has no time', async (status) => {
    const outcome = await outcomeOf({ status, body: refusal('No.'), tookMs: 250 });
    expect(outcome.answeredInMs).toBeUndefined();
    expect(outcome.results.some((result) => result.status === 'ok')).toBe(false);
  });

  test.each([
    [{ date: 'Sun, 22 Nov 2026 12:00:03 GMT' }, 1000],
    [{ date: 'Sun, 22 Nov 2026 11:59:59 GMT' }, -3000],
    [{ date: 'yesterday' }, undefined],
    [{}, undefined],
  ])('with %j shows a clock that is %s ms ahead of the middle of the call', async (headers, skewMs) => {
    for (const status of [200, 429]) {
      const outcome = await outcomeOf({ status, headers: headers, tookMs: 4000 });
      expect(outcome.skewMs).toBe(skewMs);
      expect('skewMs' in outcome).toBe(skewMs !== undefined);
    }
  });

  test('a header says which model it was, before the body does', async () => {
    const [, served] = await resultsOf({ headers: { 'x-ms-served-model': 'gpt-5.4-mini' } });
    expect(served).toMatchObject({ check: 'model', problem: 'wrong-model' });
  });

  test.each([
    '{"model":7,"choices":[{"message":{"content":"pong"}}]}',
    '{"choices":[{"message":{"content":"pong"}}]}',
  ])('%s does not say which model it was', async (body) => {
    const results = await resultsOf({ body });
    expect(results[1]).toEqual({
      check: 'model',
      status: 'skipped',
      cause: 'The answer does not say which model it is from.',
    });
  });

  const limit = (name: string, value: string) => ({ [`x-ratelimit-limit-${name}`]: value });
  test.each([
    ['tpm', 'tokens', '1000', 1000, 'ok'],
    ['tpm', 'tokens', '999', 1000, 'error'],
    ['rpm', 'requests', '10', 10, 'ok'],
    ['rpm', 'requests', '10', 11, 'error'],
    ['tpm', 'tokens', '0', 1000, undefined],
    ['tpm', 'tokens', '-1', 1000, undefined],
    ['tpm', 'tokens', 'many', 1000, undefined],
    ['tpm', 'requests', '1', 1000, undefined],
    ['rpm', 'requests', '1', undefined, undefined],
  ] as const)(
    'a limit of %s, sent as %s: %s, beside %s in the config: %s',
    async (name, unit, sent, said, status) => {
      const parts = caseOf({}, { limits: said === undefined ? {} : { [name]: said } });
      const [quota] = (await resultsOf({ headers: limit(unit, sent) }, parts)).slice(2);
      expect(quota).toEqual(
        status === undefined
          ? undefined
          : status === 'ok'
            ? { check: 'quota', status, cause: `Azure gives ${sent} ${unit} a minute.` }
            : {
                check: 'quota',
                status,
                problem: 'quota-lower',
                cause: `The config counts on ${said} ${unit} a minute, Azure gives ${sent}.`,
                fix: `Set \`limits.${name}\` to ${sent}, or raise the capacity of the deployment.`,
              },
      );
    },
  );

  test('that is not the service is no answer, and nothing else is said about it', async () => {
    const outcome = await outcomeOf({
      headers: { 'content-type': 'text/html' },
      body: '<p>Sign in',
      tookMs: 9,
    });
    expect(outcome).toEqual({
      isRefused: false,
      results: [
        {
          check: 'call',
          status: 'error',
          problem: 'no-answer',
          cause: expect.stringMatching(/^What came is no answer: .*[^.]\.$/) as string,
          fix: expect.stringMatching(/\.$/) as string,
        },
      ],
    });
  });
});

describe('a refusal', () => {
  test('of the caller is about the sign-in, and ends the calls to the account', async () => {
    const body = JSON.stringify({
      error: { code: '401', message: 'Access denied due to invalid subscription key or wrong API endpoint.' },
    });
    const outcome = await outcomeOf({ status: 401, body });
    expect(outcome.isRefused).toBe(true);
    expect(outcome.results).toMatchObject([{ check: 'sign-in', status: 'error', problem: 'wrong-key' }]);
  });

  test('of a role names the identity of the token', async () => {
    const body = refusal('Principal does not have access to API/Operation.', 'PermissionDenied');
    const claims = { oid: '11111111-2222-4333-8444-555555555555', exp: 2_000_000_000 };
    const token = describeToken(`x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`);
    const [found] = await resultsOf({ status: 401, body }, undefined, { token });
    expect(found).toMatchObject({ problem: 'no-role', fix: expect.stringContaining(claims.oid) as string });
    const [unknown] = await resultsOf({ status: 401, body });
    expect(unknown?.fix).not.toContain(claims.oid);
  });

  test.each([
    [404, 'DeploymentNotFound', 'error deployment deployment-missing'],
    [404, 'NotFound', 'error deployment api-version-refused'],
    [410, 'Gone', 'error model model-retired'],
    [429, 'RateLimited', 'warning quota throttled'],
    [400, 'OperationNotSupported', 'error model operation-not-supported'],
    [400, 'BadRequest', 'warning call probe-refused'],
    [302, 'Found', 'error call redirected'],
    [300, 'Choices', 'error call redirected'],
    [399, 'Odd', 'error call redirected'],
    [422, 'Unprocessable', 'error call service-error'],
    [500, 'DeploymentNotFound', 'error call service-error'],
    [503, 'OperationNotSupported', 'error call service-error'],
  ])('with %i %s is %s, and other deployments are tried', async (status, code, expected) => {
    const outcome = await outcomeOf({ status, body: refusal('No.', code) });
    expect(outcome.isRefused).toBe(false);
    expect(outcome.results.map((found) => `${found.status} ${found.check} ${found.problem ?? ''}`)).toEqual([
      expected,
    ]);
    expect(outcome.results[0]?.fix).toMatch(/\.$/);
  });

  test.each([
    [404, 'The path or the api-version "v1" is not served (404: Why.).'],
    [410, 'The model "gpt-5.4" is retired (410: Why.).'],
    [429, 'The deployment is out of quota right now (429: Why.).'],
    [400, 'The deployment answers, but not to this call (400: Why.).'],
    [302, 'The endpoint redirects (302) and was not followed: a key or token could go elsewhere.'],
    [503, 'The service answered 503: Why.'],
  ])('with %i says what the service said', async (status, cause) => {
    const [found] = await resultsOf({ status, body: refusal('Why.', '') });
    expect(found?.cause).toBe(cause);
  });

  test('a deployment that is missing is named with its endpoint', async () => {
    const [found] = await resultsOf({ status: 404, body: refusal('No.', 'DeploymentNotFound') });
    expect(found?.cause).toBe('https://contoso-se.openai.azure.com has no deployment "chat".');
  });

  test('of a model by its name is known by either of two sentences', async () => {
    const body = refusal('The embeddings operation does not work with the specified model, gpt-5.4.', 'x');
    expect(await resultsOf({ status: 400, body })).toMatchObject([{ problem: 'operation-not-supported' }]);
  });

  test('what the service said is one line of 300 characters, or the first 200 of what is no JSON', async () => {
    const causeOf = async (body: string) => (await resultsOf({ status: 500, body }))[0]?.cause;
    const prefix = 'The service answered 500: ';
    expect(await causeOf(refusal('a'.repeat(400)))).toBe(prefix + 'a'.repeat(300));
    expect(await causeOf('b'.repeat(400))).toBe(prefix + 'b'.repeat(200));
    expect(await causeOf('One\n\u001b[2Jtwo')).toBe(`${prefix}One [2Jtwo`);
    expect(await causeOf(refusal('It is "no".'))).toBe(`${prefix}It is \\"no\\".`);
    expect(await causeOf('{ "message" : "No." }')).toBe(`${prefix}No.`);
  });

  test.each([
    ['a key', { 'api-key': key }, key],
    ['a token', { authorization: `Bearer ${key}` }, key],
  ])('that repeats %s is shown without it, also where it is cut', async (_, headers, secret) => {
    for (const padding of ['', 'x'.repeat(190)]) {
      const found = await resultsOf({ status: 500, body: `${padding}${secret}` }, undefined, {
        credential: signedWith(headers),
      });
      expect(found[0]?.cause).not.toContain(secret.slice(0, 8));
      expect(found[0]?.cause).toContain('[redacted');
    }
  });

  test.each([
    [
      '',
      'v1',
      'gpt-5.4',
      'Check the endpoint: behind a gateway it needs `basePath`, or use `api: "2024-10-21"`.',
    ],
    ['/genai', '2024-10-21', 'gpt-5.4', 'Check `basePath` "/genai", or use `api: "v1"`.'],
    ['/genai', '2023-05-15', 'gpt-5.4', 'Check `basePath` "/genai", or use `api: "v1"` or `"2024-10-21"`.'],
    [
      '',
      '2023-05-15',
      'gpt-5-pro',
      'Check the endpoint: behind a gateway it needs `basePath`, or use `api: "v1"`.',
    ],
    ['', 'v1', 'gpt-5-pro', 'Check the endpoint: behind a gateway it needs `basePath`.'],
  ])('of the path with basePath %j, api %s and %s advises: %s', async (basePath, api, model, fix) => {
    const [found] = await resultsOf({ status: 404, body: '' }, caseOf({ basePath, api }, { model }));
    expect(found?.fix).toBe(fix);
  });
});

describe('no answer', () => {
  const causeOf = async (thrown: unknown) => {
    const transport = async () => {
      throw thrown;
    };
    const outcome = await outcomeOf({}, undefined, { transport });
    expect(outcome).toEqual({
      isRefused: false,
      results: [
        {
          check: 'call',
          status: 'error',
          problem: 'no-answer',
          cause: expect.any(String) as string,
          fix: 'Try again; if it stays so, check the status of Azure OpenAI in the region.',
        },
      ],
    });
    return outcome.results[0]?.cause;
  };
  const coded = (message: string, code: string) => Object.assign(new Error(message), { code });

  test.each([
    [coded('it broke', 'EPIPE'), 'it broke (EPIPE)'],
    [coded('connect ECONNREFUSED', 'ECONNREFUSED'), 'connect ECONNREFUSED'],
    [new Error('fetch failed', { cause: coded('it broke', 'EPIPE') }), 'it broke (EPIPE)'],
    [new Error('fetch failed', { cause: 'a text' }), 'fetch failed'],
    [new Error('It ends with a dot.'), 'It ends with a dot'],
    [new Error('Two\nlines'), 'Two lines'],
    [new Error('x'.repeat(400)), 'x'.repeat(300)],
    ['a text', 'a text'],
  ])('names the innermost reason: %s', async (thrown, why) => {
    expect(await causeOf(thrown)).toBe(`The call got no answer: ${why}.`);
  });

  test('within the limit ends the request, and says the limit', async () => {
    let signal: AbortSignal | undefined;
    const transport: CallOptions['transport'] = (request) => {
      ({ signal } = request);
      return new Promise((_, reject) => {
        request.signal.addEventListener('abort', () => {
          reject(new Error('aborted'));
        });
      });
    };
    const outcome = await outcomeOf({}, undefined, { transport, timeoutMs: 5 });
    expect(outcome.results[0]?.cause).toBe('The call got no answer: no answer in 5 ms.');
    expect(signal?.aborted).toBe(true);
  });

  test('because the caller has had enough is thrown with the reason', async () => {
    const enough = new AbortController();
    const reason = new Error('enough');
    const transport = async () => {
      enough.abort(reason);
      throw new Error('socket closed');
    };
    await expect(outcomeOf({}, undefined, { transport, signal: enough.signal })).rejects.toBe(reason);
  });
});
