import { failureResponse } from './failure-response.ts';
import { failures } from './failure.ts';
import type { Failure } from './failure.ts';
import { json } from '../neighbour/listener.ts';
import type { PlainRequest, PlainResponse } from '../neighbour/listener.ts';
import { permissions, refusal, remembering, sessionOf } from './sign-in.ts';
import { accountPage, consentPage, deviceCodePage, messagePage, passwordPage } from './sign-in-page.ts';
import { isFailure, readTarget } from './token-endpoint.ts';
import type { Tenant } from './token-endpoint.ts';

const lifetimeSeconds = 900;
/** Page that the user of a device opens. */
const deviceLoginPath = '/devicelogin';

/** Answers `POST /{tenant}/oauth2/v2.0/devicecode`. */
export function answerDeviceCode(
  tenant: Tenant,
  tenantName: string,
  request: PlainRequest & { readonly signInOrigin: string },
): PlainResponse {
  const form = new URLSearchParams(request.body);
  const tenantId = tenant.directory.tenant(tenantName);
  const clientId = form.get('client_id');
  const refuse = (failure: Failure): PlainResponse =>
    failureResponse(failure, { request, nowMs: tenant.now() });
  if (tenantId === undefined) return refuse(failures.unknownTenant(tenantName));
  if (clientId === null) return refuse(failures.missingParameter('client_id'));
  const app = tenant.directory.client(clientId);
  if (app === undefined) return refuse(failures.unknownApp(clientId, tenant.directory.tenantName));
  const target = readTarget(tenant, form);
  if (isFailure(target)) return refuse(target);
  const { deviceCode, userCode } = tenant.grants.addDevice({
    tenantId,
    app,
    target,
    expiresAtMs: tenant.now() + lifetimeSeconds * 1000,
  });
  const page = request.signInOrigin + deviceLoginPath;
  return json(200, {
    user_code: userCode,
    device_code: deviceCode,
    verification_uri: page,
    expires_in: lifetimeSeconds,
    interval: 1,
    message: `To sign in, use a web browser to open the page ${page} and enter the code ${userCode} to authenticate.`,
  });
}

/** Answers the page on which the user of a device types its code and signs in. */
export function answerDeviceLogin(tenant: Tenant, request: PlainRequest): PlainResponse {
  const userCode = request.url.searchParams.get('user_code')?.trim().toUpperCase();
  if (userCode === undefined) return deviceCodePage();
  const device = [...tenant.grants.devices.values()].find((entry) => entry.userCode === userCode);
  if (device === undefined || device.expiresAtMs <= tenant.now() || device.state.kind !== 'pending')
    return deviceCodePage('That code didn’t work. Check the code and try again.');
  const form = new URLSearchParams(request.method === 'POST' ? request.body : '');
  const consent = form.get('consent');
  // The page that asks for consent comes after the sign-in.
  const session = consent === null ? undefined : sessionOf(tenant, request);
  const user = session ?? tenant.directory.user(form.get('user') ?? '');
  if (user === undefined) return accountPage(device.app, tenant.directory.users);
  const password = form.get('password');
  if (session === undefined) {
    if (user.disabled === true) return refusal(failures.disabledUser());
    if (user.password !== undefined && user.password !== password)
      return passwordPage(user, password !== null);
  }
  if (!tenant.grants.hasConsent(device.app, user)) {
    if (consent === 'cancel') {
      device.state = { kind: 'declined' };
      return messagePage(200, 'You declined', 'You may close this page and go back to your device.');
    }
    if (consent !== 'accept')
      return remembering(tenant, user, consentPage(device.app, user, permissions(device.target)));
    tenant.grants.addConsent(device.app, user);
  }
  device.state = { kind: 'signed-in', user };
  return messagePage(200, 'You have signed in', 'You may close this page and go back to your device.');
}
