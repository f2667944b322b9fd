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
  | 'public-access-disabled';

/** What is wrong: the service refused a call, or nobody could sign in. */
export type AuthProblem = RefusalProblem | 'sign-in-failed';

/** The facts that a diagnosis starts from. */
export interface Refusal {
  readonly status: number | undefined;
  readonly text: string;
}

interface Row {
  readonly problem: RefusalProblem;
  readonly statuses: readonly number[];
  readonly pattern: RegExp;
  readonly cause: string;
}

/** Every auth row of wire.md 3.1, the telling ones first. The sources are public issues, cited row by row. */
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
    // Azure-Samples/azure-search-openai-demo#458, #2219; Gitlawb/openclaude#200
    problem: 'bad-token',
    statuses: [401],
    pattern: /Access token is missing, invalid, audience is incorrect/i,
    cause:
      'The token is missing, malformed, expired, or for another audience: the service does not say which.',
  },
];
