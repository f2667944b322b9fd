import { Refusal } from './refusal.ts';

/** An error as the caller gets it. */
export interface RefusedError {
  readonly message: string;
  readonly type: string | null;
  readonly param: string | null;
  readonly code: string | null;
}

/** The error of what is refused; `undefined` where it is not. */
export function refused(act: () => unknown): RefusedError | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal) || error.response.kind !== 'json') throw error;
    return (JSON.parse(error.response.text) as { readonly error: RefusedError }).error;
  }
}
