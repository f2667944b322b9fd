/** An error of the token endpoint: `error` of OAuth 2.0 and the number of Entra ID. */
export interface Failure {
  readonly status: number;
  readonly error: string;
  readonly code: number;
  readonly message: string;
  readonly suberror?: string;
  /** A claims request, as JSON. */
  readonly claims?: string;
}

type Describe = (...details: readonly string[]) => Failure;

type FailureName =
  | 'missingParameter'
  | 'unsupportedGrant'
  | 'unsupportedResponseType'
  | 'unknownTenant'
  | 'noSuchAuthority'
  | 'wrongMethod'
  | 'unknownApp'
  | 'missingCredential'
  | 'wrongSecret'
  | 'expiredSecret'
  | 'unreadableAssertion'
  | 'assertionSignature'
  | 'assertionExpired'
  | 'assertionAudience'
  | 'assertionIssuer'
  | 'noFederatedIssuer'
  | 'noFederatedAudience'
  | 'noFederatedSubject'
  | 'unknownResource'
  | 'invalidResource'
  | 'notDefaultScope'
  | 'manyResources'
  | 'unknownScope'
  | 'consentRequired'
  | 'expiredGrant'
  | 'invalidGrant'
  | 'redeemedGrant'
  | 'revokedGrant'
  | 'wrongVerifier'
  | 'redirectMismatch'
  | 'wrongRedirect'
  | 'unknownUser'
  | 'wrongPassword'
  | 'disabledUser'
  | 'badUserAssertion'
  | 'userAssertionAudience'
  | 'userAssertionIsApp'
  | 'notPublic'
  | 'authorizationPending'
  | 'expiredDeviceCode'
  | 'badDeviceCode'
  | 'declined'
  | 'loginRequired';

// Texts of the service (learn.microsoft.com, "Microsoft Entra authentication and authorization error codes").
/** Errors of the token and authorize endpoints by what is wrong. */
export const failures: Readonly<Record<FailureName, Describe>> = {
  missingParameter: entry(
    400,
    'invalid_request',
    900144,
    (name) => `The request body must contain the following parameter: '${name}'.`,
  ),
  unsupportedGrant: entry(
    400,
    'unsupported_grant_type',
    70003,
    (grant) => `The app requested an unsupported grant type '${grant}'.`,
  ),
  unsupportedResponseType: entry(
    400,
    'unsupported_response_type',
    70005,
    (type) => `The response_type '${type}' is not supported for the application.`,
  ),
  unknownTenant: entry(400, 'invalid_request', 90002, tenantNotFound),
  // The discovery document has another error for it (Azure/azure-cli#14509).
  noSuchAuthority: entry(400, 'invalid_tenant', 90002, tenantNotFound),
  wrongMethod: entry(
    400,
    'invalid_request',
    900561,
    (method) => `The endpoint only accepts POST, OPTIONS requests. Received a ${method} request.`,
  ),
  unknownApp: entry(
    400,
    'unauthorized_client',
    700016,
    (id, tenant) =>
      `Application with identifier '${id}' was not found in the directory '${tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
  ),
  missingCredential: entry(
    401,
    'invalid_client',
    7000218,
    () => `The request body must contain the following parameter: 'client_assertion' or 'client_secret'.`,
  ),
  wrongSecret: entry(
    401,
    'invalid_client',
    7000215,
    (id) =>
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${id}'.`,
  ),
  expiredSecret: entry(
    401,
    'invalid_client',
    7000222,
    (id) =>
      `The provided client secret keys for app '${id}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
  ),
  unreadableAssertion: entry(401, 'invalid_client', 50027, () => 'JWT token is invalid or malformed.'),
  assertionSignature: entry(
    401,
    'invalid_client',
    700027,
    (id) =>
      `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '${id}'.]`,
  ),
  assertionExpired: entry(
    401,
    'invalid_client',
    700024,
    () => 'Client assertion is not within its valid time range.',
  ),
  assertionAudience: entry(
    401,
    'invalid_client',
    700023,
    (audience, wanted) =>
      `Client assertion audience claim does not match Realm issuer. Assertion audience claim: ${audience}. Expected audience: ${wanted}.`,
  ),
  assertionIssuer: entry(
    401,
    'invalid_client',
    700021,
    () => `Client assertion application identifier doesn't match 'client_id' parameter.`,
  ),
  noFederatedIssuer: entry(401, 'invalid_client', 700211, noFederatedIdentity('issuer')),
  noFederatedAudience: entry(401, 'invalid_client', 700212, noFederatedIdentity('audience')),
  noFederatedSubject: entry(401, 'invalid_client', 700213, noFederatedIdentity('subject')),
  unknownResource: entry(
    400,
    'invalid_resource',
    500011,
    (name, tenant) =>
      `The resource principal named ${name} was not found in the tenant named ${tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
  ),
  invalidResource: entry(
    400,
    'invalid_resource',
    50001,
    (name) =>
      `The application named ${name} was not found in the tenant. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
  ),
  notDefaultScope: entry(
    400,
    'invalid_scope',
    1002012,
    (scope) =>
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
  ),
  manyResources: entry(
    400,
    'invalid_scope',
    28000,
    (scope) =>
      `Provided value for the input parameter scope is not valid because it contains more than one resource. Scope ${scope} is not valid.`,
  ),
  unknownScope: entry(
    400,
    'invalid_client',
    650053,
    (app, scope, resource) =>
      `The application '${app}' asked for scope '${scope}' that doesn't exist on the resource '${resource}'. Contact the app vendor.`,
  ),
  consentRequired: entry(
    400,
    'invalid_grant',
    65001,
    (id, name) =>
      `The user or administrator has not consented to use the application with ID '${id}' named '${name}'. Send an interactive authorization request for this user and resource.`,
    'consent_required',
  ),
  expiredGrant: entry(
    400,
    'invalid_grant',
    70008,
    () =>
      'The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.',
  ),
  invalidGrant: entry(
    400,
    'invalid_grant',
    9002313,
    () => 'Invalid request. Request is malformed or invalid.',
  ),
  redeemedGrant: entry(
    400,
    'invalid_grant',
    54005,
    () =>
      'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.',
  ),
  revokedGrant: entry(
    400,
    'invalid_grant',
    50173,
    () =>
      'The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.',
  ),
  wrongVerifier: entry(
    400,
    'invalid_grant',
    501481,
    () => 'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
  ),
  redirectMismatch: entry(
    400,
    'invalid_grant',
    500112,
    () => `The reply address does not match the reply address provided when requesting Authorization code.`,
  ),
  wrongRedirect: entry(
    400,
    'invalid_request',
    50011,
    (uri, id) =>
      `The redirect URI '${uri}' specified in the request does not match the redirect URIs configured for the application '${id}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal.`,
  ),
  unknownUser: entry(
    400,
    'invalid_grant',
    50034,
    (user, tenant) =>
      `The user account ${user} does not exist in the ${tenant} directory. To sign into this application, the account must be added to the directory.`,
  ),
  wrongPassword: entry(
    400,
    'invalid_grant',
    50126,
    () => 'Error validating credentials due to invalid username or password.',
  ),
  disabledUser: entry(400, 'invalid_grant', 50057, () => 'The user account is disabled.'),
  badUserAssertion: entry(
    400,
    'invalid_grant',
    500133,
    () =>
      'Assertion is not within its valid time range. Ensure that the access token is not expired before using it for user assertion, or request a new token.',
  ),
  userAssertionAudience: entry(
    400,
    'invalid_grant',
    50013,
    () =>
      'Assertion failed signature validation or its audience is not this application. [Reason - The provided token was not issued for the app that presents it.]',
  ),
  userAssertionIsApp: entry(
    400,
    'invalid_request',
    7000114,
    (id) => `Application '${id}' is not allowed to make application on-behalf-of calls.`,
  ),
  notPublic: entry(
    401,
    'invalid_client',
    7000218,
    () => `The request body must contain the following parameter: 'client_assertion' or 'client_secret'.`,
  ),
  authorizationPending: entry(
    400,
    'authorization_pending',
    70016,
    () => 'OAuth 2.0 device flow error. Authorization is pending. Continue polling.',
  ),
  expiredDeviceCode: entry(
    400,
    'expired_token',
    70020,
    () =>
      "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
  ),
  badDeviceCode: entry(
    400,
    'bad_verification_code',
    70018,
    () => `The verification code is invalid. Enter a valid verification code.`,
  ),
  loginRequired: entry(
    400,
    'login_required',
    50058,
    () => 'A silent sign-in request was sent but no user is signed in.',
  ),
  declined: entry(400, 'access_denied', 65004, () => 'User declined to consent to access the app.'),
};

function entry(...[status, error, code, message, suberror]: Entry): Describe {
  return (...details) => ({
    status,
    error,
    code,
    message: message(details[0] ?? '', details[1] ?? '', details[2] ?? ''),
    ...(suberror === undefined ? {} : { suberror }),
  });
}

function noFederatedIdentity(part: 'issuer' | 'audience' | 'subject'): Message {
  return (value) =>
    `No matching federated identity record found for presented assertion ${part} '${value}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation`;
}

function tenantNotFound(tenant: string): string {
  return `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`;
}

type Entry = [status: number, error: string, code: number, message: Message, suberror?: string];

type Message = (first: string, second: string, third: string) => string;
