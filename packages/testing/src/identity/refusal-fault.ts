import type { NeighbourFault } from '../neighbour/fault.ts';
import { failureBody } from './failure-response.ts';
import type { Failure } from './failure.ts';

/** An Entra ID error by its number, for rules that the mock's tenant does not have, such as conditional access. */
export interface RefusalFault {
  readonly kind: 'aadsts';
  /** The number behind `AADSTS`. */
  readonly code: number;
  /** `error` of OAuth 2.0. @default the usual one for that number, or `'invalid_grant'` */
  readonly error?: string;
  readonly suberror?: string;
  readonly message?: string;
  /** A claims request for the next sign-in, which the caller has to pass on. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

type Known = readonly [error: string, message: string, suberror?: string];

const interaction = 'interaction_required';

// learn.microsoft.com, "Microsoft Entra authentication and authorization error codes".
const known: ReadonlyMap<number, Known> = new Map<number, Known>([
  [
    50076,
    [
      interaction,
      'Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access the resource.',
      'basic_action',
    ],
  ],
  [
    50079,
    [
      interaction,
      'Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication to access the resource.',
      'basic_action',
    ],
  ],
  [
    50158,
    [
      interaction,
      'External security challenge not satisfied. User will be redirected to another page or authentication provider to satisfy additional authentication challenges.',
    ],
  ],
  [
    53003,
    [
      interaction,
      'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
      'message_only',
    ],
  ],
  [50055, ['invalid_grant', 'The password is expired.', 'user_password_expired']],
  [
    50105,
    [
      'invalid_grant',
      'The signed in user is not assigned to a role for the application. Assign the user to the application.',
    ],
  ],
  [7_000_112, ['unauthorized_client', 'Application is disabled.']],
]);

/** The same as an answer, dated `nowMs`. */
export function refusalAnswer(fault: RefusalFault, nowMs: number): NeighbourFault {
  const [error = 'invalid_grant', message = 'The sign-in was refused.', suberror] =
    known.get(fault.code) ?? [];
  const status = (fault.error ?? error) === 'invalid_client' ? 401 : 400;
  const described: Failure = {
    status,
    code: fault.code,
    error: fault.error ?? error,
    message: fault.message ?? message,
    ...optional('suberror', fault.suberror ?? suberror),
    ...optional('claims', fault.claims === undefined ? undefined : JSON.stringify(fault.claims)),
  };
  return { kind: 'status', status, body: JSON.stringify(failureBody(described, { nowMs })) };
}

function optional<Key extends string>(key: Key, value: string | undefined): Partial<Record<Key, string>> {
  return value === undefined ? {} : ({ [key]: value } as Record<Key, string>);
}
