import type { Identity } from '../identity/identity.ts';
import { invalidToken, type TokenCheck } from './authenticate.ts';
import { gatewayError } from './envelopes.ts';
import type { OperationRequest } from './operation.ts';

/** Checks tokens with the tenant of `identity`; refuses with the bodies of docs/wire/authentication.md#3.1. */
export function checkTokenWith(identity: Identity): TokenCheck {
  return (token, request) => {
    const { config, name } = request.resource;
    const verdict = identity.verify(token, {
      service: 'openai',
      cloud: config.cloud,
      resource: name,
      dataAction: dataActionOf(request),
      ...(config.tenantId !== undefined && { tenantId: config.tenantId }),
    });
    if (verdict.ok) {
      const { objectId, tenantId } = verdict.principal;
      return { kind: 'entra-id', objectId, tenantId };
    }
    if (verdict.problem === 'invalid-token') return invalidToken();
    if (verdict.problem === 'wrong-tenant') return wrongTenant(verdict);
    return request.path.startsWith('/api/projects/')
      ? noProjectRole(request, verdict.principal.objectId)
      : noRole();
  };
}

/** 401 for a principal without the role (MicrosoftDocs/azure-docs#114370). */
function noRole(): ReturnType<TokenCheck> {
  const message = 'Principal does not have access to API/Operation.';
  return {
    ...gatewayError(401, { code: 'PermissionDenied', message, spaced: true }),
    reason: 'PermissionDenied',
  };
}

/** The same in a Foundry project, with a longer text (davrous/AzureAgentToM365#3). */
function noProjectRole(request: OperationRequest, objectId: string): ReturnType<TokenCheck> {
  const action = dataActionOf(request).replace('/OpenAI/', '/AIServices/');
  const message = `The principal \`${objectId}\` lacks the required data action \`${action}\` to perform \`${request.method} ${request.path}\` operation. For instructions on granting the necessary permissions, see https://aka.ms/FoundryPermissions.`;
  return gatewayError(401, { code: 'PermissionDenied', message });
}

/** 400 for a token of another tenant (Azure-Samples/ai-rag-chat-evaluator#94). */
function wrongTenant(ids: {
  readonly tokenTenantId: string;
  readonly resourceTenantId: string;
}): ReturnType<TokenCheck> {
  return gatewayError(400, {
    code: 'Tenant provided in token does not match resource token',
    message: `Token tenant ${ids.tokenTenantId} does not match resource tenant.`,
  });
}

/** Operations on deployments, which the role `Cognitive Services OpenAI User` allows. */
const inference = ['audio', 'chat', 'completions', 'embeddings', 'images', 'realtime', 'responses'];

function dataActionOf({ method, path }: OperationRequest): string {
  const after = path.replace(/^.*?\/openai(\/v1)?\//, '').replace(/^deployments\/[^/]+\//, '');
  const [group = ''] = after.split('/');
  const base = 'Microsoft.CognitiveServices/accounts/OpenAI';
  if (inference.includes(group)) return `${base}/deployments/${group}/action`;
  return `${base}/${group}/${method === 'GET' ? 'read' : 'write'}`;
}
