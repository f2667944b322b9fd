import {
  apiKey,
  CredentialError,
  credentialFromEnv,
  describeToken,
  diagnoseAuth,
  entraId,
  identityOf,
  onBehalfOf,
} from '@aoai/auth';
import type { AuthDiagnosis, Credential, Identity } from '@aoai/auth';

/** Every way to sign in. */
export function waysToSignIn(tenantId: string, clientId: string, clientSecret: string): Credential[] {
  const vault = { read: async () => Promise.resolve('0123456789abcdef') };
  //#region ways
  const credentials = [
    entraId(), // what the machine has: environment, workload identity, managed identity, `az login`
    entraId({ managedIdentity: true }), // or { clientId }, { objectId }, { resourceId }
    entraId({ workloadIdentity: true }), // or { tenantId, clientId, tokenFilePath }
    entraId({ clientSecret: { tenantId, clientId, clientSecret } }),
    entraId({ clientCertificate: { tenantId, clientId, certificatePath: '/etc/app/cert.pem' } }),
    entraId({ azureCli: true }), // or { tenantId, subscription }
    apiKey({ file: '/run/secrets/azure-openai-key' }), // or the key itself
    apiKey(() => vault.read()), // read once, then every ten minutes and after a 401
    apiKey({ primary: () => vault.read(), secondary: () => vault.read() }), // switches to the other one after a 401
    credentialFromEnv(), // AZURE_OPENAI_API_KEY, AZURE_OPENAI_API_KEY_FILE, else entraId()
  ];
  //#endregion
  return credentials;
}

/** The rights of the signed-in person. */
export function forUser(
  app: { tenantId: string; clientId: string; clientSecret: string },
  userToken: string,
): Credential {
  const requests = { getStore: () => ({ userToken }) };
  //#region on-behalf-of
  // One credential for all users: the function runs for each call (here it reads an AsyncLocalStorage).
  const credential = onBehalfOf({ ...app, userToken: () => requests.getStore().userToken });
  //#endregion
  return credential;
}

/** What to do about a refused call. */
export async function explain(
  call: () => Promise<Response>,
  credential: Credential,
): Promise<{ diagnosis: AuthDiagnosis | undefined; identity: Identity }> {
  //#region diagnose
  const response = await call();
  const identity = await identityOf(credential); // who: tenant, principal, app, expiry; never the token
  const token = identity.kind === 'entra-id' ? identity : undefined;
  const diagnosis = response.ok ? undefined : await diagnoseAuth(response, token && { token });
  console.error(diagnosis?.cause, diagnosis?.fix); // … az role assignment create --assignee-object-id …
  //#endregion
  return { diagnosis, identity };
}

/** A token that was found somewhere. */
export function lookInto(token: string): string {
  //#region describe
  const { subject, objectId, audience, expiresAt } = describeToken(token); // not verified
  //#endregion
  return `${subject} ${objectId ?? ''} ${audience ?? ''} ${expiresAt?.toISOString() ?? ''}`;
}

/** Signs in at the start of a program, so that a misconfiguration is seen there. */
export async function signInOrSay(credential: Credential, scope: string): Promise<string> {
  //#region errors
  try {
    await credential.headers({ scope });
    return 'signed in';
  } catch (error) {
    if (error instanceof CredentialError) return error.message;
    throw error;
  }
  //#endregion
}
