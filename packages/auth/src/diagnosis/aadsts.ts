/** What an error code of Entra ID means, and what to do. The reader fills in `<client-id>` and similar parts. */
export interface Meaning {
  readonly cause: string;
  readonly fix: string;
}

const newSecret = 'az ad app credential reset --id <client-id> --append';
const federated = 'az ad app federated-credential list --id <client-id>';
const login = 'az login --tenant <tenant-id>';

// learn.microsoft.com/entra/identity-platform/reference-error-codes
const meanings: Readonly<Record<number, Meaning>> = {
  50001: {
    cause: 'the scope names a resource that Entra ID does not know',
    fix: 'use `scopeFor(endpoint, api)` for the scope',
  },
  50013: {
    cause: 'the user token (assertion) is not valid for this app',
    fix: 'get the user token for `api://<client-id>/.default` and pass it on unchanged',
  },
  500131: {
    cause: 'the user token was issued for another app',
    fix: 'get the user token for `api://<client-id>/.default`',
  },
  500133: {
    cause: 'the user token (assertion) has expired',
    fix: 'have the person sign in again and pass on the new token',
  },
  50020: { cause: 'the person is not a member or guest of this tenant', fix: login },
  50027: {
    cause: 'the assertion (the federated token, or the token of the user) is not a JSON Web Token',
    fix: 'see what is in the file of `AZURE_FEDERATED_TOKEN_FILE`, or in `userToken`: it has to be the token as it came',
  },
  50034: { cause: 'there is no such person in this tenant', fix: login },
  50055: { cause: 'the password has expired', fix: 'change it, then `az login`' },
  50057: {
    cause: 'the account of this person is disabled',
    fix: 'have an administrator enable it: `az ad user update --id <user> --account-enabled true`',
  },
  50058: { cause: 'nobody is signed in', fix: login },
  50076: { cause: 'multi-factor authentication is required', fix: `sign in interactively: \`${login}\`` },
  50078: { cause: 'the multi-factor authentication has expired', fix: `sign in again: \`${login}\`` },
  50079: {
    cause: 'multi-factor authentication must be set up first',
    fix: `sign in interactively: \`${login}\``,
  },
  50105: {
    cause: 'this person or app is not assigned to the application',
    fix: 'assign it under Enterprise applications, Users and groups',
  },
  50126: {
    cause: 'user name or password is wrong',
    fix: 'correct `AZURE_USERNAME` and `AZURE_PASSWORD`, better: use another way to sign in',
  },
  50158: { cause: 'conditional access asks for more', fix: `sign in interactively: \`${login}\`` },
  50173: {
    cause: 'the sign-in was revoked, for example by a new password',
    fix: `sign in again: \`${login}\``,
  },
  500011: {
    cause: 'the tenant does not know the resource in the scope',
    fix: 'check the scope with `scopeFor(endpoint, api)`, then `az provider register --namespace Microsoft.CognitiveServices`',
  },
  500014: {
    cause: 'the resource in the scope is disabled in this tenant',
    fix: 'have an administrator enable its enterprise application',
  },
  53000: { cause: 'conditional access wants a managed device', fix: 'sign in from a compliant device' },
  53003: {
    cause: 'conditional access forbids this sign-in',
    fix: 'have an administrator look it up under Sign-in logs, Conditional Access',
  },
  65001: {
    cause: 'nobody has consented to the permission',
    fix: 'az ad app permission admin-consent --id <client-id>',
  },
  650057: {
    cause: 'the app has no permission for the resource in the scope',
    fix: 'az ad app permission add --id <client-id> --api 7d312290-28c8-473c-a0ed-8e53749b6d6d --api-permissions 5f1e8914-a52b-429f-9324-91b92b81adaf=Scope',
  },
  70011: { cause: 'the scope is not valid', fix: 'use `scopeFor(endpoint, api)` for the scope' },
  70021: {
    cause: 'no federated identity credential matches the token of the workload',
    fix: `compare issuer, subject and audience: \`${federated}\``,
  },
  70043: { cause: 'the sign-in has expired by conditional access', fix: `sign in again: \`${login}\`` },
  700016: {
    cause: 'the tenant does not know the app',
    fix: 'check `AZURE_CLIENT_ID` and `AZURE_TENANT_ID`: `az ad sp show --id <client-id>`',
  },
  700024: {
    cause: 'the assertion is not valid yet or any more (a clock is wrong, or the federated token is old)',
    fix: 'set the clock (`timedatectl`) and see that the federated token is renewed',
  },
  700027: {
    cause: 'the certificate is not registered for the app, or has expired',
    fix: 'az ad app credential reset --id <client-id> --cert @certificate.pem --append',
  },
  700082: { cause: 'the sign-in has expired for lack of use', fix: `sign in again: \`${login}\`` },
  700211: {
    cause: 'no federated identity credential has the issuer of the token',
    fix: `compare the issuer: \`${federated}\``,
  },
  700212: {
    cause: 'no federated identity credential has the audience of the token',
    fix: `compare the audience: \`${federated}\``,
  },
  700213: {
    cause: 'no federated identity credential has the subject of the token',
    fix: `compare the subject: \`${federated}\``,
  },
  7000112: {
    cause: 'the app is disabled',
    fix: 'have an administrator enable it: `az ad sp update --id <client-id> --set accountEnabled=true`',
  },
  7000215: {
    cause: 'the client secret is wrong (its value is wanted, not its id)',
    fix: `\`${newSecret}\`, then set \`AZURE_CLIENT_SECRET\` to the value`,
  },
  7000218: {
    cause: 'the app must prove itself with a secret, a certificate or a federated token',
    fix: newSecret,
  },
  7000222: {
    cause: 'the client secret has expired',
    fix: `\`${newSecret}\`, then set \`AZURE_CLIENT_SECRET\` to the value`,
  },
  90002: {
    cause: 'there is no such tenant',
    fix: 'check `AZURE_TENANT_ID`: `az account show --query tenantId`',
  },
  900023: {
    cause: 'the tenant id is not valid',
    fix: 'check `AZURE_TENANT_ID`: `az account show --query tenantId`',
  },
  90033: { cause: 'Entra ID is unavailable for the moment', fix: 'try again later' },
  90094: {
    cause: 'an administrator must consent',
    fix: 'az ad app permission admin-consent --id <client-id>',
  },
  1002012: { cause: 'the scope must end in "/.default"', fix: 'use `scopeFor(endpoint, api)` for the scope' },
  240002: {
    cause: 'an id token was passed as the user token',
    fix: 'pass the access token that the person got for `api://<client-id>/.default`',
  },
};

/** The first error code of Entra ID in `text`, for example `AADSTS7000215`. */
export function aadstsCode(text: string): string | undefined {
  return /\bAADSTS\d{4,8}/.exec(text)?.[0];
}

/** What the first error code of Entra ID in `text` means; `undefined` when it has none that is known here. */
export function meaningOf(text: string): Meaning | undefined {
  const code = aadstsCode(text);
  return code === undefined ? undefined : meanings[Number(code.slice('AADSTS'.length))];
}
