import type { App } from './directory.ts';
import { json } from '../neighbour/listener.ts';
import type { PlainRequest, PlainResponse } from '../neighbour/listener.ts';
import { targetOfResource } from './service.ts';
import type { Tenant } from './token-endpoint.ts';

/** Path of the App Service endpoint that `IDENTITY_ENDPOINT` names. */
export const appServicePath = '/msi/token';

/** Path of the Instance Metadata Service. Azure's own clients add a slash. */
export const imdsPath = '/metadata/identity/oauth2/token';

/** Answers as App Service does (api-version 2019-08-01): the secret of `IDENTITY_HEADER` opens it. */
export async function answerAppService(
  tenant: Tenant,
  secret: string,
  request: PlainRequest,
): Promise<PlainResponse> {
  const query = request.url.searchParams;
  if (request.headers['x-identity-header'] !== secret)
    return json(401, {
      statusCode: 401,
      message: 'The value of X-IDENTITY-HEADER is not the one of IDENTITY_HEADER.',
    });
  if (query.get('api-version') !== '2019-08-01')
    return json(400, { statusCode: 400, message: 'The api-version is missing or not supported.' });
  const app = identityOf(tenant, query);
  if (app === undefined)
    return json(400, {
      statusCode: 400,
      message:
        'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
    });
  const resource = query.get('resource');
  if (resource === null) return json(400, { statusCode: 400, message: 'The resource is missing.' });
  const token = await issue(tenant, app, resource);
  if (token === undefined) return json(400, { statusCode: 400, message: invalidResource(resource) });
  return json(200, {
    access_token: token.token,
    expires_on: String(Math.floor(token.expiresAtMs / 1000)),
    resource,
    token_type: 'Bearer',
    client_id: app.clientId,
  });
}

/** Answers as the metadata service of a virtual machine does (docs/wire/entra.md#10.2). */
export async function answerImds(tenant: Tenant, request: PlainRequest): Promise<PlainResponse> {
  const query = request.url.searchParams;
  const refuse = (error: string, description: string) => json(400, { error, error_description: description });
  if (String(request.headers['metadata']).toLowerCase() !== 'true')
    return refuse('bad_request_102', 'Required metadata header not specified');
  if (query.get('api-version') === null)
    return refuse('bad_request_101', 'Required query variable api-version is missing');
  const resource = query.get('resource');
  if (resource === null) return refuse('invalid_request', 'Required query variable resource is missing');
  const app = identityOf(tenant, query);
  if (app === undefined) return refuse('invalid_request', 'Identity not found');
  const token = await issue(tenant, app, resource);
  if (token === undefined) return refuse('invalid_resource', invalidResource(resource));
  const now = Math.floor(tenant.now() / 1000);
  const expiresOn = Math.floor(token.expiresAtMs / 1000);
  return json(200, {
    access_token: token.token,
    refresh_token: '',
    client_id: app.clientId,
    expires_in: String(expiresOn - now),
    expires_on: String(expiresOn),
    ext_expires_in: String(expiresOn - now),
    not_before: String(now - 300),
    resource,
    token_type: 'Bearer',
  });
}

/** The app of the requested identity; by default the one of the machine. */
function identityOf({ directory }: Tenant, query: URLSearchParams): App | undefined {
  const clientId = query.get('client_id');
  if (clientId !== null) return directory.apps.find((app) => app.clientId === clientId.toLowerCase());
  const objectId = query.get('object_id') ?? query.get('principal_id');
  if (objectId !== null) return directory.apps.find((app) => app.objectId === objectId.toLowerCase());
  const resourceId = query.get('msi_res_id') ?? query.get('mi_res_id');
  if (resourceId !== null) return directory.app(resourceId.split('/').at(-1) ?? '');
  return directory.defaultApp;
}

async function issue(
  tenant: Tenant,
  app: App,
  resource: string,
): Promise<{ readonly token: string; readonly expiresAtMs: number } | undefined> {
  const target = targetOfResource(resource, tenant.directory);
  if (target === undefined) return undefined;
  return tenant.issuer.access({
    tenantId: tenant.directory.tenantId,
    app,
    target,
    clientProof: 2,
    ...tenant.settings,
  });
}

function invalidResource(resource: string): string {
  return `AADSTS50001: The application named ${resource} was not found in the tenant. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`;
}
