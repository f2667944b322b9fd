import { expect, test } from 'vitest';
import { refusalAnswer, type RefusalFault } from './refusal-fault.ts';

function answerOf(fault: Omit<RefusalFault, 'kind'>): Readonly<Record<string, unknown>> {
  const answer = refusalAnswer({ kind: 'aadsts', ...fault }, Date.UTC(2026, 0, 2, 3, 4, 5, 678));
  if (answer.kind !== 'status') throw new Error('It is answered with a status.');
  return { status: answer.status, ...(JSON.parse(String(answer.body)) as Readonly<Record<string, unknown>>) };
}

const interaction = { status: 400, error: 'interaction_required' };

test.each<[number, object]>([
  [50_076, { ...interaction, suberror: 'basic_action' }],
  [50_079, { ...interaction, suberror: 'basic_action' }],
  [50_158, interaction],
  [53_003, { ...interaction, suberror: 'message_only' }],
  [50_055, { status: 400, error: 'invalid_grant', suberror: 'user_password_expired' }],
  [50_105, { status: 400, error: 'invalid_grant' }],
  [7_000_112, { status: 400, error: 'unauthorized_client' }],
  [123_456, { status: 400, error: 'invalid_grant' }],
])('the refusal %i has the error of Entra ID, or a usual one', (code, expected) => {
  const answer = answerOf({ code });
  expect(answer).toMatchObject({ ...expected, error_codes: [code] });
  expect('suberror' in answer).toBe('suberror' in expected);
  expect(answer).not.toHaveProperty('claims');
});

test('what is given goes before what is known', () => {
  const claims = { access_token: { nbf: { essential: true } } };
  const given = { error: 'invalid_client', suberror: 'mine', message: 'My words.', claims };
  expect(answerOf({ code: 50_076, ...given })).toMatchObject({
    status: 401,
    error: 'invalid_client',
    suberror: 'mine',
    claims: JSON.stringify(claims),
    error_description: expect.stringContaining('AADSTS50076: My words. Trace ID: ') as string,
    error_uri: 'https://login.microsoftonline.com/error?code=50076',
  });
});

test('a refusal is dated to the second', () => {
  const { timestamp, error_description: words } = answerOf({ code: 1 }) as Readonly<
    Record<'timestamp' | 'error_description', unknown>
  >;
  expect(timestamp).toBe('2026-01-02 03:04:05Z');
  expect(words).toMatch(/^AADSTS1: The sign-in was refused\. .* Timestamp: 2026-01-02 03:04:05Z$/);
});
