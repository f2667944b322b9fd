/** Whether `error` says that a credential cannot be used here, rather than that it was refused. */
export function isUnavailable(error: unknown): error is Error {
  return (
    error instanceof Error &&
    (error.name === 'CredentialUnavailableError' || error.name === 'AuthenticationRequiredError')
  );
}
