const metadataHost = 'http://169.254.169.254';
const probeMs = 1_000;
const rememberMs = 30_000;

let remembered: { readonly host: string; readonly problem: string; readonly atMs: number } | undefined;

/**
 * Why there is no managed identity here; `undefined` when there is one. Where there is no metadata service, nothing
 * answers at all: the probe ends after a second, and a negative result is remembered for half a minute.
 */
export async function managedIdentityProblem(
  env: NodeJS.ProcessEnv,
  { now = Date.now, timeoutMs = probeMs }: { readonly now?: () => number; readonly timeoutMs?: number } = {},
): Promise<string | undefined> {
  if (env['IDENTITY_ENDPOINT'] || env['MSI_ENDPOINT'] || env['AZURE_FEDERATED_TOKEN_FILE']) return undefined;
  const host = named(env['AZURE_POD_IDENTITY_AUTHORITY_HOST']) ?? metadataHost;
  if (remembered?.host === host && now() - remembered.atMs < rememberMs) return remembered.problem;
  const problem = await probe(host, timeoutMs);
  remembered = problem === undefined ? undefined : { host, problem, atMs: now() };
  return problem;
}

async function probe(host: string, timeoutMs: number): Promise<string | undefined> {
  const url = URL.parse('/metadata/identity/oauth2/token', host);
  if (url?.protocol !== 'http:')
    return `\`AZURE_POD_IDENTITY_AUTHORITY_HOST\` is ${JSON.stringify(host)}, not an http URL`;
  const { request } = await import('node:http');
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const asked = request(url, { agent: false, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
    response.resume();
    const { statusCode = 0 } = response;
    // Azure refuses a request without its `Metadata` header with 400. Other clouds use the same address and answer
    // 401, 403 or 404.
    resolve(
      [401, 403, 404].includes(statusCode) ? `no Azure metadata service here (${statusCode})` : undefined,
    );
  });
  asked.on('error', (error: NodeJS.ErrnoException) => {
    resolve(
      `no metadata service here (${error.name === 'AbortError' || error.name === 'TimeoutError' ? 'no answer' : (error.code ?? error.name)})`,
    );
  });
  asked.end();
  return promise;
}

function named(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
