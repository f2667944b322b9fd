// Signs in by every way that carries a secret, right and wrong, with everything logged. Run by secrets.test.ts as a process
// of its own: the logger of Azure's libraries reads `AZURE_LOG_LEVEL` once.
import { inspect } from 'node:util';
import {
  apiKey,
  CredentialError,
  diagnoseAuth,
  entraId,
  identityOf,
  onBehalfOf,
  tokenProvider,
} from '../src/index.ts';

interface Given {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly wrongSecret: string;
  readonly certificatePath: string;
  readonly certificate: string;
  readonly userToken: string;
  readonly key: string;
}

const scope = 'https://cognitiveservices.azure.com/.default';
const given = JSON.parse(process.argv[2] ?? '{}') as Given;
const { tenantId, clientId } = given;

const credentials = [
  entraId({ clientSecret: { tenantId, clientId, clientSecret: given.clientSecret } }),
  entraId({ clientSecret: { tenantId, clientId, clientSecret: given.wrongSecret } }),
  entraId({ clientCertificate: { tenantId, clientId, certificatePath: given.certificatePath } }),
  entraId({ clientCertificate: { tenantId, clientId, certificate: given.certificate } }),
  entraId({ workloadIdentity: { tenantId, clientId } }),
  onBehalfOf({ tenantId, clientId, clientSecret: given.clientSecret, userToken: given.userToken }),
  onBehalfOf({ tenantId, clientId, clientSecret: given.wrongSecret, userToken: given.userToken }),
  onBehalfOf({ tenantId, clientId, clientSecret: given.clientSecret, userToken: `${given.userToken}x` }),
  apiKey(given.key),
  apiKey(() => given.key),
  apiKey({ primary: given.key, secondary: () => Promise.reject(new Error(`no key ${given.userToken}`)) }),
  apiKey(() => Promise.reject(new Error(`rejected with authorization: Bearer ${given.userToken}`))),
];

function show(value: unknown): void {
  console.log(
    inspect(value, {
      depth: Infinity,
      showHidden: true,
      maxStringLength: Infinity,
      maxArrayLength: Infinity,
    }),
  );
  console.log(JSON.stringify(value), String(value), value instanceof Error ? value.stack : '');
}

for (const credential of credentials) {
  show(credential);
  show(tokenProvider(credential, { scope }));
  try {
    await credential.headers({ scope });
    await credential.refresh({ scope });
    show(credential);
    show(await identityOf(credential));
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error;
    show(error);
    show(error.cause);
    show(await diagnoseAuth(error));
  }
}
console.log('swept', credentials.length);
