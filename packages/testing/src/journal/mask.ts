const secretHeader =
  /^(?:authorization|api-key|ocp-apim-subscription-key|cookie|x-identity-header|.*(?:-key|token|secret|password))$/;
const secretField =
  /^(?:api[-_]?key|key|access_token|refresh_token|id_token|client_secret|client_assertion|assertion|password|encoded_api_key|connection_string|code_verifier)$/i;

/** The replacement of a secret. */
export const masked = '***';

/** The value of a header, without its secret. The scheme of `authorization` stays. */
export function maskHeader(name: string, value: string): string {
  if (!secretHeader.test(name)) return value;
  const scheme = name === 'authorization' ? /^[a-z]+ /i.exec(value)?.[0] : undefined;
  return `${scheme ?? ''}${masked}`;
}

/** The value of a query parameter or form field, without its secret. */
export function maskField(name: string, value: string): string {
  return secretField.test(name) ? masked : value;
}

/** Whether a value with this name, inside an object of that name, is a secret. */
export function isSecret(name: string, parent: string): boolean {
  // `key` is an ordinary word outside of the credentials of a data source.
  return name === 'key' ? parent === 'authentication' : secretField.test(name);
}
