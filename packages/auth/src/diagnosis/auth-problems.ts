/** Why the service refused a call. */
export type RefusalProblem =
  | 'wrong-key'
  | 'bad-token'
  | 'expired-token'
  | 'wrong-audience'
  | 'no-role'
  | 'key-auth-disabled'
  | 'wrong-tenant'
  | 'no-custom-subdomain'
  | 'firewall'
  | 'public-access-disabled'
  | 'claims-challenge'
  | 'gateway-key-missing'
  | 'gateway-key-wrong'
  | 'gateway-token'
  | 'gateway-quota'
  /** A 401 without details. */
  | 'unauthorized'
  /** A 403 without details. */
  | 'forbidden';

/** What is wrong: the service refused a call, or signing in failed. */
export type AuthProblem = RefusalProblem | 'sign-in-failed';

/** The facts that a diagnosis starts from. */
export interface Refusal {
  readonly status: number | undefined;
  readonly text: string;
  /** The header `www-authenticate`. */
  readonly challenge?: string;
}

interface Row {
  readonly problem: RefusalProblem;
  readonly statuses: readonly number[];
  readonly pattern: RegExp;
  readonly cause: string;
}

/** Texts of refusals, the most specific first. The sources are public issues and documents, cited row by row. */
export const rows: readonly Row[] = [
  {
    // SciSharp/BotSharp#386, microsoft/semantic-kernel#10337
    problem: 'wrong-key',
    statuses: [401],
    pattern: /invalid subscription key or wrong API endpoint/i,
    cause: 'The API key is not a key of this account.',
  },
  {
    // Azure-Samples/azure-search-openai-demo#1617
    problem: 'key-auth-disabled',
    statuses: [403],
    pattern: /AuthenticationTypeDisabled|Key based authentication is disabled/i,
    cause: 'The account takes no API keys (`disableLocalAuth`).',
  },
  {
    // MicrosoftDocs/azure-docs#114370
    problem: 'no-role',
    statuses: [401, 403],
    pattern: /Principal does not have access to API\/Operation|"code"\s*:\s*"PermissionDenied"/i,
    cause: 'The token is good, but the principal has no role that allows this call.',
  },
  {
    // davrous/AzureAgentToM365#3
    problem: 'no-role',
    statuses: [401, 403],
    pattern: /lacks the required data action/i,
    cause: 'The token is good, but no role of the principal has the data action.',
  },
  {
    // Azure-Samples/ai-rag-chat-evaluator#94
    problem: 'wrong-tenant',
    statuses: [400, 401],
    pattern: /Tenant provided in token does not match|does not match resource tenant/i,
    cause: 'The token is of another tenant than the account.',
  },
  {
    problem: 'no-custom-subdomain',
    statuses: [400],
    pattern: /custom subdomain for token authentication/i,
    cause: 'The account has no custom subdomain, so this host takes API keys only.',
  },
  {
    problem: 'firewall',
    statuses: [403],
    pattern: /Virtual Network\/Firewall rules/i,
    cause: 'The firewall of the account does not let this network in.',
  },
  {
    problem: 'public-access-disabled',
    statuses: [403],
    pattern: /Public access is disabled/i,
    cause: 'The account is reachable through its private endpoint only.',
  },
  {
    // learn.microsoft.com/azure/private-link/troubleshoot-private-link
    problem: 'public-access-disabled',
    statuses: [403],
    pattern: /not from an approved private endpoint/i,
    cause: 'The call did not come through an approved private endpoint of the account.',
  },
  {
    // learn.microsoft.com/azure/api-management/api-management-subscriptions
    problem: 'gateway-key-missing',
    statuses: [401],
    pattern: /missing subscription key/i,
    cause: 'The gateway (API Management) found no subscription key in the call.',
  },
  {
    problem: 'gateway-key-wrong',
    statuses: [401],
    pattern: /(?:invalid|inactive) subscription/i,
    cause:
      'The gateway (API Management) does not know this subscription key, or its subscription is not active.',
  },
  {
    // learn.microsoft.com/azure/api-management/validate-jwt-policy
    problem: 'gateway-token',
    statuses: [401, 403],
    pattern: /JWT (?:not present|validation failed)|invalid JWT/i,
    cause: 'The gateway (API Management) wants a token, and found none or does not accept this one.',
  },
  {
    // learn.microsoft.com/azure/api-management/quota-policy
    problem: 'gateway-quota',
    statuses: [403],
    pattern: /out of (?:call volume|bandwidth) quota|quota will be replenished|quota (?:is |was )?exceeded/i,
    cause: 'The quota that the gateway (API Management) gives to this subscription key is used up.',
  },
  {
    // learn.microsoft.com/azure/role-based-access-control/troubleshooting
    problem: 'no-role',
    statuses: [401, 403],
    pattern: /"?AuthorizationFailed|does not have authorization to perform action/i,
    cause: 'The token is good, but no role of the principal allows this action of the Management API.',
  },
  {
    // Azure-Samples/azure-search-openai-demo#458, #2219; Gitlawb/openclaude#200
    problem: 'bad-token',
    statuses: [401],
    pattern: /Access token is missing, invalid, audience is incorrect/i,
    cause:
      'The token is missing, malformed, expired, or for another audience: the service does not say which.',
  },
];
